import { ASSERTIONS, isObject, type JsonObject, subschemasOf } from './keywords';
import { countValues } from './nesting';

/** A keyword added to every schema: the charge for applying it once, besides the size of the value. */
export const STEP = 'x-step';

/**
 * A copy of a schema with only the keywords that have an effect, and a charge in each subschema.
 *
 * @param schema whose keywords have the right types
 */
export function prepare(schema: JsonObject): JsonObject {
  const prepared: Record<string, unknown> = { [STEP]: chargeOf(schema) };
  for (const keyword of ASSERTIONS) if (Object.hasOwn(schema, keyword)) prepared[keyword] = schema[keyword];
  for (const { keyword, steps, value } of subschemasOf(schema)) {
    const content = isObject(value) ? prepare(value) : value;
    const [, name] = steps;
    if (name === undefined) prepared[keyword] = content;
    else if (Array.isArray(schema[keyword])) prepared[keyword] = [...listOf(prepared[keyword]), content];
    else prepared[keyword] = { ...(isObject(prepared[keyword]) ? prepared[keyword] : {}), [name]: content };
  }
  return prepared;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The parts of a schema itself that every application looks at: names, values to compare with, alternatives. */
function chargeOf(schema: JsonObject): number {
  const { enum: values, const: value, required, dependentRequired } = schema;
  const parts = [values, value, required, dependentRequired].filter((part) => part !== undefined);
  return parts.reduce<number>((sum, part) => sum + countValues(part), 2 + subschemasOf(schema).length);
}
