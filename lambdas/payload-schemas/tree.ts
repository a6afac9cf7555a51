import { isObject, type JsonObject, type Subschema, subschemasOf } from './keywords';

/** Why a schema is refused, and where in it. */
export class SchemaProblem extends Error {
  override readonly name = 'SchemaProblem';

  constructor(
    readonly steps: readonly string[],
    message: string,
  ) {
    super(message);
  }
}

/** A schema within a schema. */
export interface SchemaNode {
  readonly steps: readonly string[];
  readonly schema: JsonObject;
  readonly below: readonly {
    readonly keyword: Subschema['keyword'];
    readonly name: string;
    readonly node: SchemaNode;
  }[];
}

/** All schemas of a document, and how to resolve references. */
export interface SchemaTree {
  readonly root: SchemaNode;
  readonly nodes: readonly SchemaNode[];
  /** The schemas that `$ref` or `$dynamicRef` may lead to; a `true` or `false` among them has nothing below it. */
  targetsOf(node: SchemaNode): readonly SchemaNode[];
}

/** The most subschemas that a document may have. */
const MAX_SCHEMAS = 1_000;

const pointer = (steps: readonly string[]): string =>
  steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/**
 * Reads the structure of a schema: its subschemas and references.
 *
 * @throws SchemaProblem if it is too large, or refers to something outside itself
 */
export function readTree(schema: JsonObject): SchemaTree {
  const nodes: SchemaNode[] = [];
  const byPointer = new Map<string, SchemaNode | undefined>();
  const root = readNode(schema, [], nodes, byPointer);
  const anchors = anchorsOf(nodes);
  const targets = new Map(nodes.map((node) => [node, readTargets(node, byPointer, anchors)]));
  return { root, nodes, targetsOf: (node) => targets.get(node) ?? [] };
}

type ByPointer = Map<string, SchemaNode | undefined>;

function readNode(schema: JsonObject, steps: readonly string[], nodes: SchemaNode[], places: ByPointer): SchemaNode {
  if (nodes.length >= MAX_SCHEMAS) throw new SchemaProblem([], `holds more than ${MAX_SCHEMAS} schemas`);
  refuseNames(schema, steps);
  const below: SchemaNode['below'][number][] = [];
  const node: SchemaNode = { steps, schema, below };
  nodes.push(node);
  places.set(pointer(steps), node);
  for (const one of subschemasOf(schema)) {
    const at = [...steps, ...one.steps];
    if (isObject(one.value)) {
      const child = readNode(one.value, at, nodes, places);
      below.push({ keyword: one.keyword, name: one.steps.at(-1) ?? '', node: child });
    } else places.set(pointer(at), undefined);
  }
  return node;
}

function refuseNames(schema: JsonObject, steps: readonly string[]): void {
  if (steps.length > 0 && schema.$id !== undefined) {
    throw new SchemaProblem([...steps, '$id'], 'only the whole schema may have an $id');
  }
  const { properties, required, dependentRequired } = schema;
  const names = [
    ...(isObject(properties) ? Object.keys(properties) : []),
    ...(Array.isArray(required) ? required : []),
    ...(isObject(dependentRequired) ? Object.keys(dependentRequired) : []),
  ];
  if (names.includes('__proto__')) throw new SchemaProblem(steps, 'the name __proto__ cannot be validated');
}

function anchorsOf(nodes: readonly SchemaNode[]): ReadonlyMap<string, readonly SchemaNode[]> {
  const anchors = new Map<string, SchemaNode[]>();
  for (const node of nodes) {
    for (const name of [node.schema.$anchor, node.schema.$dynamicAnchor]) {
      if (typeof name === 'string') anchors.set(name, [...(anchors.get(name) ?? []), node]);
    }
  }
  return anchors;
}

function readTargets(
  node: SchemaNode,
  places: ByPointer,
  anchors: ReadonlyMap<string, readonly SchemaNode[]>,
): readonly SchemaNode[] {
  return (['$ref', '$dynamicRef'] as const).flatMap((keyword) => {
    const reference = node.schema[keyword];
    if (typeof reference !== 'string') return [];
    const at = [...node.steps, keyword];
    if (!reference.startsWith('#')) throw new SchemaProblem(at, 'refers to something outside of the schema');
    const fragment = decoded(reference.slice(1), at);
    if (fragment === '' || fragment.startsWith('/')) {
      if (!places.has(fragment)) throw new SchemaProblem(at, 'refers to no schema of this document');
      const found = places.get(fragment);
      return found ? [found] : [];
    }
    const found = anchors.get(fragment);
    if (!found) throw new SchemaProblem(at, 'refers to no anchor of this document');
    return found;
  });
}

function decoded(fragment: string, at: readonly string[]): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    throw new SchemaProblem(at, 'is no reference');
  }
}
