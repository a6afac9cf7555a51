import * as z from 'zod';
import type { ZodOpenApiResponseObject } from 'zod-openapi';
import { errorResponse } from '../lambdas/http/error-bodies';
import { ApiError, type ErrorCode } from '../lambdas/http/errors';
import type { Route, Surface } from '../lambdas/http/routes';
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

/** The format of a surface's refusals. */
interface ErrorShape {
  /** What the names of its refusals begin with in the document. */
  readonly prefix: string;
  readonly schema: z.ZodType;
}

const deliveryError: ErrorShape = {
  prefix: 'Delivery',
  schema: z
    .object({ error: z.string().meta({ description: 'The name of the status' }), message, code })
    .meta({ id: 'DeliveryError' }),
};

const itemError: ErrorShape = {
  prefix: 'Item',
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
};

const error: ErrorShape = { prefix: '', schema: z.object({ error: message, code }).meta({ id: 'Error' }) };

const SHAPES: Readonly<Record<Surface, ErrorShape>> = {
  management: error,
  hookstream: error,
  'delivery-items': itemError,
  hookbase: deliveryError,
  'webhook-relay': deliveryError,
};

/** The refusals of an operation, by status, in the words of its surface. */
export function refusals(
  { surface, scope }: Route,
  operation: Operation,
): Record<`${RefusalStatus}`, ZodOpenApiResponseObject> {
  const entries = statusesOf(scope, operation).map((status) => [String(status), refusal(surface, status)]);
  return Object.fromEntries(entries);
}

function statusesOf(scope: Route['scope'], { params, query, body, refusals: more = [] }: Operation): RefusalStatus[] {
  const all: readonly (RefusalStatus | false | undefined)[] = [
    ...more,
    (query ?? body?.schema) && 400,
    scope !== 'no key' && 401,
    scope !== 'no key' && scope !== 'any key' && 403,
    params && 404,
    body && 413,
    scope !== 'no key' && 429,
    500,
  ];
  return [...new Set(all.filter((status) => typeof status === 'number'))].sort((a, b) => a - b);
}

const registered = new Map<string, ZodOpenApiResponseObject>();

/** Refusals are the same for all routes of a surface, so that the document has each of them once. */
function refusal(surface: Surface, status: RefusalStatus): ZodOpenApiResponseObject {
  const { prefix, schema } = SHAPES[surface];
  const [errorCode, name, description, text] = BY_STATUS[status];
  const id = `${prefix}${name}`;
  const found = registered.get(id);
  if (found) return found;
  const { body } = errorResponse(new ApiError(errorCode, text), surface);
  const made: ZodOpenApiResponseObject = {
    id,
    description,
    ...(status === 429 && {
      headers: { 'Retry-After': { description: 'Seconds', schema: { type: 'integer', minimum: 1 } } },
    }),
    content: { 'application/json': { schema, example: body } },
  };
  registered.set(id, made);
  return made;
}
