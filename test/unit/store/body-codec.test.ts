import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packBody, unpackBody } from '../../../lambdas/store/events/body-codec';
import { itemBytes } from '../../../lambdas/store/table/item-size';

/** Write units of an item with this body and so many other bytes. */
const itemUnits = ({ other, ...stored }: { body?: Uint8Array; br?: Uint8Array; other: number }): number =>
  Math.ceil((itemBytes(stored) + other) / 1024);

describe('a stored body', () => {
  it('comes back byte for byte, however large the rest of its item is', () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 5000 }),
      fc.json().map((text) => Buffer.from(text.repeat(50))),
    );
    fc.assert(
      fc.property(body, fc.nat({ max: 3000 }), (body, other) => {
        expect(Buffer.from(unpackBody(packBody(body, other)))).toEqual(Buffer.from(body));
      }),
      { numRuns: 60 },
    );
  });

  it('is compressed exactly where that saves a write unit', () => {
    const body = fc
      .integer({ min: 0, max: 6000 })
      .chain((size) =>
        fc.oneof(fc.constant(Buffer.alloc(size, 'a')), fc.uint8Array({ minLength: size, maxLength: size })),
      );
    fc.assert(
      fc.property(body, fc.nat({ max: 2000 }), (body, other) => {
        const stored = packBody(body, other);
        if ('body' in stored) expect(stored.body).toBe(body);
        else expect(itemUnits({ ...stored, other })).toBeLessThan(itemUnits({ body, other }));
      }),
      { numRuns: 60 },
    );
  });

  it('is left alone when its item fits one unit', () => {
    expect(packBody(Buffer.alloc(600, 'a'), 420)).toEqual({ body: Buffer.alloc(600, 'a') });
    expect(packBody(Buffer.alloc(601, 'a'), 420)).toHaveProperty('br');
  });

  it('is left alone when compression does not help', () => {
    const noise = Buffer.from(Array.from({ length: 4000 }, (_, n) => (n * 7919 + ((n * n * 31) >> 3)) & 0xff));
    expect(packBody(noise.subarray(0, 1500), 420)).toHaveProperty('body');
  });

  it('turns a payload of a few kilobytes into one unit', () => {
    const payload = Buffer.from(JSON.stringify(Array.from({ length: 60 }, (_, id) => ({ id, state: 'open' }))));
    expect(itemUnits({ body: payload, other: 420 })).toBeGreaterThan(1);
    expect(itemUnits({ ...packBody(payload, 420), other: 420 })).toBe(1);
  });
});
