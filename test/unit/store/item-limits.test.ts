import { describe, expect, it } from 'vitest';
import { itemBytes } from '../../../lambdas/store/table/item-size';

describe('the size of an item', () => {
  it('is that of its names and values', () => {
    expect(itemBytes({ pk: 'p', sk: 's', x: 'y'.repeat(1017) })).toBe(1024);
    expect(itemBytes({ body: Buffer.alloc(10) })).toBe(14);
  });

  it('counts text in UTF-8', () => {
    expect(itemBytes({ é: '€' })).toBe(5);
  });

  it('leaves out what is not stored', () => {
    expect(itemBytes({ a: undefined, b: 'c' })).toBe(2);
  });

  it('takes a byte for two digits, and a little more', () => {
    expect(itemBytes({ n: 1_790_000_000 })).toBe(1 + 5 + 2);
  });

  it('adds three bytes for a map and one for each of its entries', () => {
    expect(itemBytes({ headers: { a: 'b', cd: 'ef' } })).toBe('headers'.length + 3 + (1 + 2) + (1 + 4));
  });
});
