import type * as z from 'zod/mini';
import { invalid } from '../../http/errors';
import { packSchema } from '../../store/configuration/schema-codec';
import type { payloadSchema } from './schemas';

/**
 * A schema as it is stored. The library that compiles it is loaded with the first one.
 *
 * @throws ApiError 400 when it may not be saved
 */
export async function packedSchema<Absent extends null | undefined>(
  schema: z.output<typeof payloadSchema> | Absent,
): Promise<Uint8Array | Absent> {
  if (schema === undefined || schema === null) return schema;
  const { schemaProblem } = await import('../../payload-schemas/vet');
  const problem = schemaProblem(schema);
  if (problem !== undefined) throw invalid('schema', problem);
  return packSchema(schema);
}
