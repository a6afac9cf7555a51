import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

/** DynamoDB bills writes by the kilobyte. */
const WRITE_UNIT_BYTES = 1024;

/** A stored body: as it came, or compressed (`br`) if that saves a write unit. Attribute names are billed too. */
export type StoredBody = { readonly body: Uint8Array } | { readonly br: Uint8Array };

const units = (bytes: number): number => Math.ceil(bytes / WRITE_UNIT_BYTES);

/**
 * Packs a body for storage.
 *
 * @param otherBytes how large the rest of the item is
 */
export function packBody(body: Uint8Array, otherBytes: number): StoredBody {
  const plain = units('body'.length + body.byteLength + otherBytes);
  if (plain <= 1) return { body };
  const br = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
  return units('br'.length + br.byteLength + otherBytes) < plain ? { br } : { body };
}

/** The body byte for byte as it was packed. */
export const unpackBody = (stored: StoredBody): Uint8Array =>
  'br' in stored ? brotliDecompressSync(stored.br) : stored.body;
