import { marshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStreamImage, type StreamImage } from '../../../lambdas/store/table/stream-records';

/** What Lambda makes of an item on its way to a function: JSON, with binary values in base64. */
function throughLambda(item: Record<string, unknown>): StreamImage {
  return JSON.parse(
    JSON.stringify(marshall(item), (_, value) => {
      if (value?.type === 'Buffer') return Buffer.from(value.data).toString('base64');
      return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
    }),
  );
}

describe('the image of an item in a stream record', () => {
  it('is read as the item that was written, bytes included, however deep', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    // The SDK itself loses a member of this name.
    const name = fc.string().filter((text) => text !== '__proto__');
    const inner = fc.dictionary(name, value, { noNullPrototype: true });
    fc.assert(
      fc.property(inner, fc.uint8Array({ minLength: 1 }), (plain, bytes) => {
        const item = { plain, list: [1, bytes], nested: { detail: bytes } };
        const read = readStreamImage(throughLambda(item));
        expect(read.plain).toEqual(plain);
        expect(Buffer.from((read.list as Uint8Array[])[1] ?? [])).toEqual(Buffer.from(bytes));
        expect(Buffer.from((read.nested as { detail: Uint8Array }).detail)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('is read with its sets', () => {
    const read = readStreamImage({ tags: { SS: ['a', 'b'] }, keys: { BS: [Buffer.from('x').toString('base64')] } });
    expect(read.tags).toEqual(new Set(['a', 'b']));
    expect([...(read.keys as Set<Uint8Array>)].map((one) => Buffer.from(one).toString())).toEqual(['x']);
  });
});
