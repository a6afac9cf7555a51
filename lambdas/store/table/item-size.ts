/** The types of values in this table's items. */
type Value = string | number | boolean | Uint8Array | { readonly [name: string]: Value } | undefined;

/**
 * The size of an item as DynamoDB bills it, in bytes. For numbers it is an upper bound.
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
  // One byte for two digits, one more for the number, and another if an odd number of digits is split badly.
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 2;
  if (value instanceof Uint8Array) return value.byteLength;
  return 3 + itemBytes(value) + Object.keys(value).length;
}
