import { LocalStackError } from '../errors';

/** Says whether a record passes. */
export type Filter = (record: unknown) => boolean;

/**
 * Compiles the filters of an event source mapping: a record passes if one of them matches, or if there are none.
 *
 * @param patterns JSON texts as in `FilterCriteria.Filters[].Pattern`
 * @throws LocalStackError for a rule that is not emulated
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function compileFilters(patterns: readonly string[]): Filter {
  const filters = patterns.map((pattern) => compileNode(JSON.parse(pattern), pattern));
  return (record) => filters.length === 0 || filters.some((filter) => filter(record));
}

function compileNode(node: unknown, pattern: string): Filter {
  if (Array.isArray(node)) return compileLeaf(node, pattern);
  if (typeof node !== 'object' || node === null)
    throw unsupported(pattern, `a value that is no list: ${JSON.stringify(node)}`);
  const members = Object.entries(node).map(([key, child]) => {
    if (key.startsWith('$')) throw unsupported(pattern, key);
    return [key, compileNode(child, pattern)] as const;
  });
  return (value) => members.every(([key, filter]) => filter(memberOf(value, key)));
}

const memberOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

/** The rules of a list are alternatives; a list in the record passes if one of its values does. */
function compileLeaf(rules: readonly unknown[], pattern: string): Filter {
  const tests = rules.map((rule) => compileRule(rule, pattern));
  return (value) => tests.some((test) => (Array.isArray(value) ? value.some(test) : test(value)));
}

function compileRule(rule: unknown, pattern: string): Filter {
  if (typeof rule !== 'object' || rule === null) return (value) => value === rule;
  const [[operator, operand] = ['', undefined], ...more] = Object.entries(rule);
  if (more.length > 0) throw unsupported(pattern, JSON.stringify(rule));
  switch (operator) {
    case 'prefix':
      return textTest(operand, pattern, (value, wanted) => value.startsWith(wanted));
    case 'suffix':
      return textTest(operand, pattern, (value, wanted) => value.endsWith(wanted));
    case 'equals-ignore-case':
      return textTest(operand, pattern, (value, wanted) => value.toLowerCase() === wanted.toLowerCase());
    case 'exists':
      return (value) => (value !== undefined && typeof value !== 'object') === (operand === true);
    case 'anything-but': {
      const excluded = [operand].flat().map((item) => compileRule(item, pattern));
      return (value) => value !== undefined && !excluded.some((test) => test(value));
    }
    default:
      throw unsupported(pattern, operator);
  }
}

function textTest(operand: unknown, pattern: string, test: (value: string, wanted: string) => boolean): Filter {
  if (typeof operand !== 'string') throw unsupported(pattern, JSON.stringify(operand));
  return (value) => typeof value === 'string' && test(value, operand);
}

const unsupported = (pattern: string, detail: string): LocalStackError =>
  new LocalStackError(`The local stack does not emulate ${detail} in the filter ${pattern}.`);
