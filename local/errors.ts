/** Why the local stack cannot start or continue, in one sentence that tells a person what to do. */
export class LocalStackError extends Error {
  override readonly name = 'LocalStackError';
}

/** The text of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The code of a Node system error such as `EADDRINUSE`; undefined for anything else. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
