import { type SchemaNode, SchemaProblem, type SchemaTree } from './tree';

/** Schemas that may be applied to one place of a payload, every alternative counted. */
const MAX_WIDTH = 5_000;

/** At this depth, growth that doubles with every level shows. */
const LEVELS = 24;
const MAX_GROWTH = 1_000_000;

/** Keywords whose schemas apply to the same value as the schema they are in. */
const IN_PLACE = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentSchemas'] as const;

/**
 * Refuses schemas that are slow by their structure: those that refer to themselves without going deeper into the
 * payload, those that multiply by reference, and those whose work doubles with every level of the payload. For the last
 * kind alternatives are not followed, because most schemas like that choose one right away; their cost is limited
 * during validation.
 *
 * @throws SchemaProblem
 */
export function refuseGrowth(tree: SchemaTree): void {
  const width = widthIn(tree);
  for (const node of tree.nodes) {
    if (width(node) > MAX_WIDTH) throw new SchemaProblem(node.steps, 'applies too many schemas to one value');
  }
  const growth = growthIn(tree);
  for (const node of tree.nodes) {
    if (growth(node, LEVELS) > MAX_GROWTH) {
      throw new SchemaProblem(node.steps, 'takes exponentially longer for values that are nested more deeply');
    }
  }
}

/** How many schemas are applied to a value when this one is. */
function widthIn({ targetsOf }: SchemaTree): (node: SchemaNode) => number {
  const known = new Map<SchemaNode, number | 'open'>();
  const width = (node: SchemaNode): number => {
    const before = known.get(node);
    if (before === 'open')
      throw new SchemaProblem(node.steps, 'refers to itself without going deeper into the payload');
    if (before !== undefined) return before;
    known.set(node, 'open');
    const parts = [...inPlace(node, IN_PLACE), ...targetsOf(node)].map(width);
    const sum = parts.reduce((total, part) => total + part, 1);
    known.set(node, sum);
    return sum;
  };
  return width;
}

const inPlace = (node: SchemaNode, keywords: readonly string[]): SchemaNode[] =>
  node.below.filter(({ keyword }) => keywords.includes(keyword)).map((one) => one.node);

/** How many schemas are applied along a chain of nested values, one per level. */
function growthIn(tree: SchemaTree): (node: SchemaNode, levels: number) => number {
  const known = new Map<SchemaNode, Map<number, number>>();
  const growth = (node: SchemaNode, levels: number): number => {
    const byLevel = known.get(node) ?? new Map<number, number>();
    known.set(node, byLevel);
    const before = byLevel.get(levels);
    if (before !== undefined) return before;
    const applied = alwaysApplied(tree, node);
    const next = (below: readonly SchemaNode[]) => below.reduce((sum, one) => sum + growth(one, levels - 1), 0);
    const deepest = levels === 0 ? 0 : Math.max(0, ...valuesBelow(applied).map(next));
    const total = Math.min(applied.length + deepest, Number.MAX_SAFE_INTEGER);
    byLevel.set(levels, total);
    return total;
  };
  return growth;
}

/** The schemas that always apply together with this one, each as often as it does; the width limits them. */
function alwaysApplied(tree: SchemaTree, node: SchemaNode): SchemaNode[] {
  const further = [...inPlace(node, ['allOf']), ...tree.targetsOf(node)];
  return [node, ...further.flatMap((one) => alwaysApplied(tree, one))];
}

/** For each value that may stand below: the schemas that apply to it. */
function valuesBelow(applied: readonly SchemaNode[]): SchemaNode[][] {
  const names = new Set(applied.flatMap((node) => inKeyword(node, 'properties').map(({ name }) => name)));
  const members = [...names, undefined].map((name) => applied.flatMap((node) => membersBelow(node, name)));
  const positions = new Set(applied.flatMap((node) => inKeyword(node, 'prefixItems').map(({ name }) => name)));
  const items = [...positions, undefined].map((position) => applied.flatMap((node) => itemsBelow(node, position)));
  return [...members, ...items];
}

const inKeyword = (node: SchemaNode, keyword: string) => node.below.filter((one) => one.keyword === keyword);

function membersBelow(node: SchemaNode, name: string | undefined): SchemaNode[] {
  const own = inKeyword(node, 'properties').filter((one) => one.name === name);
  const patterns = inKeyword(node, 'patternProperties');
  const rest = own.length + patterns.length === 0 ? inKeyword(node, 'additionalProperties') : [];
  return [...own, ...patterns, ...rest].map((one) => one.node);
}

function itemsBelow(node: SchemaNode, position: string | undefined): SchemaNode[] {
  const own = inKeyword(node, 'prefixItems').filter((one) => one.name === position);
  const rest = own.length === 0 ? inKeyword(node, 'items') : [];
  return [...own, ...rest, ...inKeyword(node, 'contains')].map((one) => one.node);
}
