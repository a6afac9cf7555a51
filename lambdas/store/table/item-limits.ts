import { isWellFormed } from '../../domain/well-formed';

/** DynamoDB takes 32 levels; a rule's value lies some levels deep in its item. */
const MAX_DEPTH = 16;

/** The smallest magnitude that DynamoDB holds, apart from zero. */
const MIN_NUMBER = 1e-130;

/** Says why the table could not hold a JSON value, or undefined when it can. */
export function storageProblem(value: unknown, depth = 0): string | undefined {
  if (depth > MAX_DEPTH) return 'is nested too deeply';
  if (typeof value === 'number')
    return isStorable(Math.abs(value)) ? undefined : 'contains a number that is out of range';
  if (typeof value === 'string') return isWellFormed(value) ? undefined : 'contains half of a surrogate pair';
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Object.keys(value).every(isWellFormed)) return 'contains half of a surrogate pair';
  return Object.values(value)
    .map((member) => storageProblem(member, depth + 1))
    .find((problem) => problem !== undefined);
}

const isStorable = (magnitude: number): boolean =>
  magnitude === 0 || (magnitude >= MIN_NUMBER && magnitude <= Number.MAX_SAFE_INTEGER);

/** What items of this table consist of. */
type Value = string | number | boolean | Uint8Array | { readonly [name: string]: Value } | undefined;

/**
 * The size of an item as DynamoDB bills it, in bytes. Of numbers it is an upper bound.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Readonly<Record<string, Value>>): number {
  const present = Object.entries(item).filter(([, value]) => value !== undefined);
  return present.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

function valueBytes(value: Value): number {
  if (value === undefined) return 0;
  if (typeof value === 'boolean') return 1;
  if (typeof value === 'string') return Buffer.byteLength(value);
  // A byte for two digits and one more; an odd number of digits may be split so that it takes another.
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 2;
  if (value instanceof Uint8Array) return value.byteLength;
  return 3 + itemBytes(value) + Object.keys(value).length;
}
