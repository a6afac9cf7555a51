/** Operators of a filter rule. */
export const FILTER_OPERATORS = [
  'eq',
  'neq',
  'in',
  'nin',
  'gt',
  'gte',
  'lt',
  'lte',
  'contains',
  'starts_with',
  'ends_with',
  'exists',
] as const;

export type FilterOperator = (typeof FILTER_OPERATORS)[number];

/** One condition on an event: `field` is a path such as `body.action` or `headers.x-github-event`. */
export interface FilterRule {
  readonly field: string;
  readonly operator: FilterOperator;
  readonly value?: unknown;
}

/** What rules are matched against: the JSON body (undefined if it is none) and the headers, names in lower case. */
export interface FilterSubject {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly type?: string | undefined;
}

/** Whether an event matches all rules. Without rules, every event matches. */
export function matchesAll(rules: readonly FilterRule[], subject: FilterSubject): boolean {
  return rules.every((rule) => matches(rule, valueAt(subject, rule.field)));
}

/** The value at a path, or undefined. Header names are case-insensitive; array elements are addressed by index. */
function valueAt(subject: FilterSubject, path: string): unknown {
  const [root = '', ...steps] = path.split('.');
  if (root === 'headers') return member(subject.headers, steps.join('.').toLowerCase());
  if (root === 'type' && steps.length === 0) return subject.type;
  if (root !== 'body') return undefined;
  return steps.reduce<unknown>(member, subject.body);
}

function member(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function matches({ operator, value: wanted }: FilterRule, found: unknown): boolean {
  switch (operator) {
    case 'eq':
      return same(found, wanted);
    case 'neq':
      return !same(found, wanted);
    case 'in':
      return listOf(wanted).some((one) => same(found, one));
    case 'nin':
      return !listOf(wanted).some((one) => same(found, one));
    case 'gt':
      return ordered(found, wanted, (order) => order > 0);
    case 'gte':
      return ordered(found, wanted, (order) => order >= 0);
    case 'lt':
      return ordered(found, wanted, (order) => order < 0);
    case 'lte':
      return ordered(found, wanted, (order) => order <= 0);
    case 'contains':
      return contains(found, wanted);
    case 'starts_with':
      return typeof found === 'string' && !isObject(wanted) && found.startsWith(String(wanted));
    case 'ends_with':
      return typeof found === 'string' && !isObject(wanted) && found.endsWith(String(wanted));
    case 'exists':
      return (found !== undefined) === (wanted !== false);
    default:
      return operator satisfies never;
  }
}

const listOf = (wanted: unknown): readonly unknown[] => (Array.isArray(wanted) ? wanted : [wanted]);

/**
 * Equality of JSON values: the order of members does not matter (the table does not keep it either). It goes no deeper
 * than the rule's own value, because an event may be nested too deeply to walk.
 */
function same(found: unknown, wanted: unknown): boolean {
  if (!isObject(found) || !isObject(wanted)) return found === wanted;
  if (Array.isArray(found) !== Array.isArray(wanted)) return false;
  const names = Object.keys(wanted);
  if (names.length !== Object.keys(found).length) return false;
  return names.every((name) => Object.hasOwn(found, name) && same(found[name], wanted[name]));
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function ordered(found: unknown, wanted: unknown, test: (order: number) => boolean): boolean {
  if (typeof found === 'number' && typeof wanted === 'number') return test(found - wanted);
  if (typeof found === 'string' && typeof wanted === 'string')
    return test(found < wanted ? -1 : found > wanted ? 1 : 0);
  return false;
}

function contains(found: unknown, wanted: unknown): boolean {
  if (typeof found === 'string') return !isObject(wanted) && found.includes(String(wanted));
  return Array.isArray(found) && found.some((one) => same(one, wanted));
}
