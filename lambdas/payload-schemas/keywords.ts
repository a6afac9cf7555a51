/** Keywords whose value is a subschema, a list of subschemas, or subschemas by name (JSON Schema 2020-12). */
const SINGLE = [
  'not',
  'if',
  'then',
  'else',
  'items',
  'contains',
  'additionalProperties',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
] as const;
const LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'] as const;
const MAPS = ['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions'] as const;

export type Applicator = (typeof SINGLE)[number] | (typeof LISTS)[number] | (typeof MAPS)[number];

/**
 * All other keywords that have an effect. The rest is ignored, as JSON Schema says: annotations, keywords of other
 * drafts, and extensions of the library that would change a schema's meaning.
 */
export const ASSERTIONS = [
  '$ref',
  '$dynamicRef',
  '$anchor',
  '$dynamicAnchor',
  'type',
  'enum',
  'const',
  'multipleOf',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'format',
  'maxItems',
  'minItems',
  'uniqueItems',
  'maxContains',
  'minContains',
  'maxProperties',
  'minProperties',
  'required',
  'dependentRequired',
] as const;

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A schema nested in a schema, with its path. */
export interface Subschema {
  readonly keyword: Applicator;
  readonly steps: readonly string[];
  readonly value: unknown;
}

/** The direct subschemas of a schema. Values of the wrong shape are skipped: the meta-schema reports them. */
export function subschemasOf(schema: JsonObject): Subschema[] {
  const single = SINGLE.filter((keyword) => Object.hasOwn(schema, keyword)).map((keyword) => {
    return { keyword, steps: [keyword], value: schema[keyword] };
  });
  const lists = LISTS.flatMap((keyword) => {
    const list = Object.hasOwn(schema, keyword) ? schema[keyword] : undefined;
    return Array.isArray(list) ? list.map((value, n) => ({ keyword, steps: [keyword, String(n)], value })) : [];
  });
  const maps = MAPS.flatMap((keyword) => {
    const map = Object.hasOwn(schema, keyword) ? schema[keyword] : undefined;
    if (!isObject(map)) return [];
    return Object.entries(map).map(([name, value]) => ({ keyword, steps: [keyword, name], value }));
  });
  return [...single, ...lists, ...maps];
}
