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
 * All other keywords that mean something here. Whatever is not among these is ignored, as JSON Schema says: annotations,
 * keywords of other drafts, and extensions of the library that would change what a schema means.
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

/** A value below a schema that is a schema itself, with the steps that lead there. */
export interface Subschema {
  readonly keyword: Applicator;
  readonly steps: readonly string[];
  readonly value: unknown;
}

/** The subschemas that stand directly in a schema. What has the wrong shape is passed over: the meta-schema tells. */
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
