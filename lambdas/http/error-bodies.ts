import { reasonPhrase } from '../domain/http';
import { ApiError, type ErrorCode } from './errors';
import type { ApiResponse } from './messages';
import type { Surface } from './routes';

/** Codes of the `/v1/delivery` surface, which uses lower case and words of its own. */
const DELIVERY_WORDS: Partial<Record<ErrorCode, string>> = {
  VALIDATION_ERROR: 'bad_request',
  RESOURCE_NOT_FOUND: 'not_found',
};

/** The surfaces have eight codes; anything else becomes the nearest one, with the right status. */
const PUBLIC_CODES: Partial<Record<ErrorCode, ErrorCode>> = {
  RETRY_FAILED: 'INVALID_STATE',
  CONFLICT: 'INVALID_STATE',
  METHOD_NOT_ALLOWED: 'VALIDATION_ERROR',
};

const publicCode = (code: ErrorCode): ErrorCode => PUBLIC_CODES[code] ?? code;

type Words = (error: ApiError) => object;

const withNameOfStatus: Words = ({ code, message, status }) => {
  return { error: reasonPhrase(status), message, code: publicCode(code) };
};
const inLowerCase: Words = ({ code, message }) => ({ error: DELIVERY_WORDS[code] ?? code.toLowerCase(), message });
const inBrief: Words = ({ code, message }) => ({ error: message, code: publicCode(code) });

const WORDS: Readonly<Record<Surface, Words>> = {
  management: inBrief,
  hookstream: inBrief,
  'delivery-items': inLowerCase,
  hookbase: withNameOfStatus,
  'webhook-relay': withNameOfStatus,
};

/** The answer to a refused call in the words of its surface. */
export function errorResponse(error: ApiError, surface: Surface): ApiResponse {
  return { status: error.status, body: WORDS[surface](error), headers: error.headers };
}

/** What a caller sees of an internal error: no details. */
export const internalError = (): ApiError => new ApiError('INTERNAL_ERROR', 'Something went wrong on our side');
