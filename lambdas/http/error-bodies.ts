import { reasonPhrase } from '../domain/http';
import { ApiError, type ErrorCode } from './errors';
import type { ApiResponse } from './messages';

/** Codes of the `/v1/delivery` surface, which writes them in lower case and has words of its own. */
const DELIVERY_WORDS: Partial<Record<ErrorCode, string>> = {
  VALIDATION_ERROR: 'bad_request',
  RESOURCE_NOT_FOUND: 'not_found',
};

/** The surfaces know eight codes; what they have none for is said by the nearest one, and by the status. */
const PUBLIC_CODES: Partial<Record<ErrorCode, ErrorCode>> = {
  RETRY_FAILED: 'INVALID_STATE',
  CONFLICT: 'INVALID_STATE',
  METHOD_NOT_ALLOWED: 'VALIDATION_ERROR',
};

const publicCode = (code: ErrorCode): ErrorCode => PUBLIC_CODES[code] ?? code;

/** The answer to a refused call in the words of the surface that `path` belongs to. */
export function errorResponse(error: ApiError, path: string): ApiResponse {
  return { status: error.status, body: errorBody(error, path), headers: error.headers };
}

function errorBody({ code, message, status }: ApiError, path: string): object {
  if (path.startsWith('/api/')) return { error: reasonPhrase(status), message, code: publicCode(code) };
  if (path.startsWith('/v1/delivery/')) return { error: DELIVERY_WORDS[code] ?? code.toLowerCase(), message };
  return { error: message, code: publicCode(code) };
}

/** What a caller sees of a failure of ours: nothing of its inside. */
export const internalError = (): ApiError => new ApiError('INTERNAL_ERROR', 'Something went wrong on our side');
