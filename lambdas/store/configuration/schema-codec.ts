import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import * as z from 'zod/mini';

const schema = z.union([z.boolean(), z.record(z.string(), z.unknown())]);

/**
 * A JSON Schema as it is stored: compressed, because routing reads the connections of an environment as a whole, and as
 * text, because the table takes neither its depth nor its numbers.
 */
export const packSchema = (content: z.output<typeof schema>): Uint8Array => brotliCompressSync(JSON.stringify(content));

/** Reads what {@link packSchema} wrote. */
export const unpackSchema = (packed: Uint8Array): z.output<typeof schema> =>
  schema.parse(JSON.parse(brotliDecompressSync(packed).toString('utf8')));
