import * as z from 'zod';
import type { ZodOpenApiResponseObject } from 'zod-openapi';
import { errorResponse } from '../lambdas/http/error-bodies';
import { ApiError, type ErrorCode } from '../lambdas/http/errors';
import type { Operation, RefusalStatus } from './operation';

const CODES = [
  'VALIDATION_ERROR',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'RESOURCE_NOT_FOUND',
  'INVALID_STATE',
  'PAYLOAD_TOO_LARGE',
  'RATE_LIMITED',
  'INTERNAL_ERROR',
] as const satisfies readonly ErrorCode[];

const code = z.enum(CODES).meta({ id: 'ErrorCode' });
const message = z.string().meta({ description: 'What is wrong, for people. With 400 it begins with the member' });

const BY_STATUS = {
  400: ['VALIDATION_ERROR', 'BadRequest', 'The call is malformed or does not fit', 'limit: must be a whole number'],
  401: ['UNAUTHORIZED', 'Unauthorized', 'No valid API key or session', 'The API key is not valid'],
  403: ['FORBIDDEN', 'Forbidden', 'The key may not do this', 'The API key lacks the scope write'],
  404: ['RESOURCE_NOT_FOUND', 'NotFound', 'There is no such thing for this key', 'Event with ID evt_1 not found'],
  409: [
    'INVALID_STATE',
    'Conflict',
    'It does not go with how things stand',
    'Delivery is already pending or delivered',
  ],
  413: ['PAYLOAD_TOO_LARGE', 'TooLarge', 'The body is larger than 256 KiB', 'The body is larger than 262144 bytes'],
  429: ['RATE_LIMITED', 'TooManyRequests', 'The key makes too many calls', 'Too many requests with this API key'],
  500: ['INTERNAL_ERROR', 'InternalError', 'A failure on our side', 'Something went wrong on our side'],
} as const satisfies Record<RefusalStatus, readonly [ErrorCode, string, string, string]>;

/** How a surface writes refusals. */
interface ErrorShape {
  readonly prefix: string;
  readonly schema: z.ZodType;
}

const SHAPES: readonly ErrorShape[] = [
  {
    prefix: '/api/',
    schema: z
      .object({ error: z.string().meta({ description: 'The name of the status' }), message, code })
      .meta({ id: 'DeliveryError' }),
  },
  {
    prefix: '/v1/delivery/',
    schema: z
      .object({
        error: z.enum([
          'bad_request',
          'unauthorized',
          'forbidden',
          'not_found',
          'payload_too_large',
          'rate_limited',
          'internal_error',
        ]),
        message,
      })
      .meta({ id: 'ItemError' }),
  },
  { prefix: '/', schema: z.object({ error: message, code }).meta({ id: 'Error' }) },
];

const shapeOf = (path: string): ErrorShape | undefined => SHAPES.find(({ prefix }) => path.startsWith(prefix));

/** The refusals of an operation, by status, in the words of the surface that its path belongs to. */
export function refusals(path: string, operation: Operation): Record<`${RefusalStatus}`, ZodOpenApiResponseObject> {
  const entries = statusesOf(operation).map((status) => [String(status), refusal(path, status)]);
  return Object.fromEntries(entries);
}

function statusesOf({ needs, params, query, body, refusals: more = [] }: Operation): RefusalStatus[] {
  const all: readonly (RefusalStatus | false | undefined)[] = [
    ...more,
    (query ?? body?.schema) && 400,
    needs !== 'no key' && 401,
    needs !== 'no key' && needs !== 'any key' && 403,
    params && 404,
    body && 413,
    needs !== 'no key' && 429,
    500,
  ];
  return [...new Set(all.filter((status) => typeof status === 'number'))].sort((a, b) => a - b);
}

const registered = new Map<string, ZodOpenApiResponseObject>();

/** Refusals are the same for all paths of a surface, so that the document has each of them once. */
function refusal(path: string, status: RefusalStatus): ZodOpenApiResponseObject {
  const shape = shapeOf(path);
  const [errorCode, name, description, text] = BY_STATUS[status];
  const id = `${shape === SHAPES[0] ? 'Delivery' : shape === SHAPES[1] ? 'Item' : ''}${name}`;
  const found = registered.get(id);
  if (found) return found;
  const { body } = errorResponse(new ApiError(errorCode, text), path);
  const made: ZodOpenApiResponseObject = {
    id,
    description,
    ...(status === 429 && {
      headers: { 'Retry-After': { description: 'Seconds', schema: { type: 'integer', minimum: 1 } } },
    }),
    content: { 'application/json': { schema: shape?.schema ?? z.never(), example: body } },
  };
  registered.set(id, made);
  return made;
}
