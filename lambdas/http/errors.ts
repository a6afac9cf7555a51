/** Every reason for refusing a call, with its status. */
export const ERROR_STATUS = {
  VALIDATION_ERROR: 400,
  RETRY_FAILED: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  RESOURCE_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  INVALID_STATE: 409,
  PAYLOAD_TOO_LARGE: 413,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** A refused call. It becomes an answer in one place, in the format of the surface that was called. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    /** Further headers of the answer, such as `allow` or `retry-after`. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }
}

/** 400, naming the field that is wrong. */
export const invalid = (field: string, problem: string): ApiError =>
  new ApiError('VALIDATION_ERROR', field ? `${field}: ${problem}` : problem);

/** 404, whether it does not exist or belongs to another tenant. */
export const notFound = (kind: string, id: string): ApiError =>
  new ApiError('RESOURCE_NOT_FOUND', `${kind} with ID ${id} not found`);
