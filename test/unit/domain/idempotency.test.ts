import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deliveryIdempotencyKey, publishName, requestFingerprint } from '../../../lambdas/domain/idempotency';

describe('the key that receivers deduplicate by', () => {
  it('is SHA-256 over environment, event and connection, in hex', () => {
    const expected = createHash('sha256').update('env_1\nevt_1\ncon_1').digest('hex');
    expect(deliveryIdempotencyKey('env_1', 'evt_1', 'con_1')).toBe(expected);
  });

  it('differs where any of the three differs', () => {
    const keys = [
      deliveryIdempotencyKey('env_1', 'evt_1', 'con_1'),
      deliveryIdempotencyKey('env_2', 'evt_1', 'con_1'),
      deliveryIdempotencyKey('env_1', 'evt_2', 'con_1'),
      deliveryIdempotencyKey('env_1', 'evt_1', 'con_2'),
    ];
    expect(new Set(keys).size).toBe(4);
  });
});

describe('the name of a repeatable publish', () => {
  it('is different for every environment, kind, value, window and position', () => {
    const part = fc.tuple(
      fc.string(),
      fc.constantFrom<'key' | 'id' | 'dedup'>('key', 'id', 'dedup'),
      fc.string(),
      fc.nat({ max: 100 }),
    );
    fc.assert(
      fc.property(part, part, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        expect(publishName(...one)).not.toBe(publishName(...other));
      }),
    );
  });

  it('cannot be forged by a value that looks like its separators', () => {
    expect(publishName('env_1', 'key', 'a",0', 0)).not.toBe(publishName('env_1', 'key', 'a', 0));
  });
});

describe('the fingerprint of a request', () => {
  it('is equal for equal bodies only', () => {
    expect(requestFingerprint('{"a":1}')).toBe(requestFingerprint('{"a":1}'));
    expect(requestFingerprint('{"a":1}')).not.toBe(requestFingerprint('{"a": 1}'));
  });
});
