import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import * as z from 'zod/mini';
import { bytes } from '../runtime/bytes';
import { once } from '../runtime/once';
import { clearable, member } from './members';

/** JSON Schema 2020-12. Further limits are checked before it is saved. */
const jsonSchema = once(() =>
  z
    .union([z.boolean(), z.record(z.string(), z.unknown())], { error: 'must be a JSON Schema: an object or a boolean' })
    .register(z.globalRegistry, { description: 'JSON Schema 2020-12 that payloads have to match' }),
);

export type JsonSchema = z.output<ReturnType<typeof jsonSchema>>;

/** What payloads have to match; absent: nothing. */
export const payloadSchema = member({
  body: () => ({ schema: clearable(jsonSchema()) }),
  kept: () => z.optional(bytes),
  read: ({ schema }) => (schema === undefined || schema === null ? schema : packSchema(schema)),
  answer: () => ({ schema: z.nullable(jsonSchema()) }),
  write: (kept) => ({ schema: kept ? unpackSchema(kept) : null }),
});

/**
 * A JSON Schema as it is stored: compressed, because routing reads all connections of an environment, and as text, because
 * the table does not take every depth and number.
 */
export const packSchema = (content: JsonSchema): Uint8Array => brotliCompressSync(JSON.stringify(content));

/** Reads what {@link packSchema} wrote. */
export const unpackSchema = (packed: Uint8Array): JsonSchema =>
  jsonSchema().parse(JSON.parse(brotliDecompressSync(packed).toString('utf8')));
