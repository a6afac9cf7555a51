import { unpackSchema } from '../configuration/payload-schema';
import { BoundedMap } from '../runtime/cache';
import type { PayloadSchema } from './compile';
import { Meter } from './meter';

/** Work that one validation may take, in steps: a quarter of a second of a small function at the very most. */
export const PER_VALIDATION = 2_000_000;

/** Work that all validations of one event may take: a function that runs out of time would hold up the whole stream. */
const PER_EVENT = 20_000_000;

/** Compiled schemas that an instance remembers. */
const REMEMBERED = 256;

const REFUSAL = 'The payload does not match the schema of the connection';

/** A payload as far as schemas are concerned: what its JSON says, or that it is none. */
export type Payload = { readonly value: unknown } | undefined;

/** Applies schemas of connections to the payload of one event. */
export type Validate = (schema: Uint8Array) => Promise<string | undefined>;

/**
 * Makes what applies schemas. Compiled ones are kept by their content. The library is loaded with the first of them, so
 * that nobody pays for it who has no schema.
 *
 * @returns for a payload: a function that says why a schema refuses it, or undefined when it matches
 */
export function createValidators(load = () => import('./compile')): (payload: () => Payload) => Validate {
  const known = new BoundedMap<string, PayloadSchema>(REMEMBERED);
  const compiled = async (schema: Uint8Array): Promise<PayloadSchema> => {
    const key = Buffer.from(schema).toString('base64');
    const { compileSchema } = await load();
    const found = known.get(key) ?? orUnusable(() => compileSchema(unpackSchema(schema)));
    known.set(key, found);
    return found;
  };
  return (payload) => {
    const whole = new Meter(PER_EVENT);
    return async (schema) => {
      const read = payload();
      if (!read) return `${REFUSAL}: it is no JSON`;
      const validator = await compiled(schema);
      const allowance = whole.portion(PER_VALIDATION);
      const problem = validator.problemOf(read.value, allowance);
      whole.giveBack(allowance);
      return problem && `${REFUSAL}: ${problem}`;
    };
  };
}

/** A schema that was saved and does not compile now refuses payloads; an error would hold up the whole stream. */
function orUnusable(compile: () => PayloadSchema): PayloadSchema {
  try {
    return compile();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { problemOf: () => `the schema cannot be used (${why})` };
  }
}
