import { ASSERTIONS, isObject, type JsonObject, subschemasOf } from './keywords';
import { countValues } from './nesting';

/** Keyword that is put into every schema: what one application of it is charged, besides the size of the value. */
export const STEP = 'x-step';

/**
 * A copy of a schema that holds nothing but what is validated, and a charge in each of its schemas.
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

/** What stands in a schema itself, and is looked at each time: names, values to compare with, alternatives. */
function chargeOf(schema: JsonObject): number {
  const { enum: values, const: value, required, dependentRequired } = schema;
  const parts = [values, value, required, dependentRequired].filter((part) => part !== undefined);
  return parts.reduce<number>((sum, part) => sum + countValues(part), 2 + subschemasOf(schema).length);
}
