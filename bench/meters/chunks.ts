const KB = 1024;

/** AWS meters a payload in steps, and an empty one as one step. */
const steps = (bytes: number, step: number): number => Math.max(1, Math.ceil(bytes / step));

/** Requests that SQS bills for one call with a payload of so many bytes. */
export const queueRequests = (bytes: number): number => steps(bytes, 64 * KB);

/** Calls that an HTTP API bills for one call with a payload of so many bytes. */
export const apiCalls = (bytes: number): number => steps(bytes, 512 * KB);
