import { unpackSchema } from '../configuration/payload-schema';
import { BoundedMap } from '../runtime/cache';
import type { PayloadSchema } from './compile';
import { Meter } from './meter';

/** Work that one validation may take, in steps: at most a quarter of a second of a small function. */
export const PER_VALIDATION = 2_000_000;

/** Work that all validations of one event may take: a function that times out would hold up the whole stream. */
const PER_EVENT = 20_000_000;

/** How many compiled schemas an instance keeps. */
const REMEMBERED = 256;

const REFUSAL = 'The payload does not match the schema of the connection';

/** A payload as schemas see it: the parsed JSON, or undefined if it is not JSON. */
export type Payload = { readonly value: unknown } | undefined;

/** Applies schemas of connections to the payload of one event. */
export type Validate = (schema: Uint8Array) => Promise<string | undefined>;

/**
 * Creates the validators. Compiled schemas are cached by their content. The library is loaded with the first one, so
 * that only users of schemas pay for it.
 *
 * @returns for a payload, a function that says why a schema refuses it, or undefined if it matches
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

/** A saved schema that no longer compiles refuses every payload: an error would hold up the whole stream. */
function orUnusable(compile: () => PayloadSchema): PayloadSchema {
  try {
    return compile();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { problemOf: () => `the schema cannot be used (${why})` };
  }
}
