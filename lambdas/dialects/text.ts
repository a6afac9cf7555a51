/** ISO 8601 in UTC of milliseconds since the epoch, or null. */
export const isoTime = (milliseconds: number | undefined): string | null =>
  milliseconds === undefined ? null : new Date(milliseconds).toISOString();

/** Bytes as text, or null. Drops an incomplete character at the end. */
export const bodyText = (body: Uint8Array | undefined): string | null =>
  body === undefined ? null : new TextDecoder('utf-8', { ignoreBOM: true }).decode(body, { stream: true });
