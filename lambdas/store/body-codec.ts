import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

/** DynamoDB bills writes by the kilobyte. */
const WRITE_UNIT_BYTES = 1024;

/** A body as it is stored: as it came, or compressed where that saves a write unit. */
export interface StoredBody {
  readonly body: Uint8Array;
  readonly encoding?: 'br';
}

const units = (bytes: number): number => Math.ceil(bytes / WRITE_UNIT_BYTES);

/**
 * Packs a body for storage.
 *
 * @param otherBytes about how large the rest of the item is
 */
export function packBody(body: Uint8Array, otherBytes: number): StoredBody {
  if (units(body.byteLength + otherBytes) <= 1) return { body };
  const packed = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
  const saves = units(packed.byteLength + otherBytes) < units(body.byteLength + otherBytes);
  return saves ? { body: packed, encoding: 'br' } : { body };
}

/** The body byte for byte as it was packed. */
export function unpackBody(stored: StoredBody): Uint8Array {
  return stored.encoding === 'br' ? brotliDecompressSync(stored.body) : stored.body;
}
