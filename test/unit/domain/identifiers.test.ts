import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attemptId,
  configurationUuid,
  deadLetterId,
  deliveryId,
  derivedBase,
  eventId,
  familyHex,
  fromConfigurationUuid,
  isConfigurationId,
  MAX_ORDINAL,
  newBase,
  newConfigurationId,
  parseFamilyId,
  toUuid,
} from '../../../lambdas/domain/identifiers';
import { BASE, NOW } from '../support/records';

const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const base = fc.tuple(time, fc.uint8Array({ minLength: 7, maxLength: 7 })).map(([at, noise]) => newBase(at, noise));
const ordinal = fc.integer({ min: 1, max: MAX_ORDINAL });

describe('the identifiers of an event and of what came of it', () => {
  it('lead back to the address that they were made from', () => {
    fc.assert(
      fc.property(base, ordinal, ordinal, (base, delivery, attempt) => {
        expect(parseFamilyId(eventId(base), 'evt')).toEqual({ base, ordinal: 0, attempt: 0 });
        expect(parseFamilyId(deliveryId(base, delivery), 'dlv')).toEqual({ base, ordinal: delivery, attempt: 0 });
        expect(parseFamilyId(attemptId(base, delivery, attempt), 'da')).toEqual({ base, ordinal: delivery, attempt });
        expect(parseFamilyId(deadLetterId(base, delivery, attempt), 'dlq')).toEqual({
          base,
          ordinal: delivery,
          attempt,
        });
      }),
    );
  });

  it('are read without their prefix, with the dashes of a UUID, and in upper case', () => {
    fc.assert(
      fc.property(base, ordinal, (base, delivery) => {
        const hex = familyHex({ base, ordinal: delivery, attempt: 0 });
        for (const text of [hex, toUuid(hex), hex.toUpperCase(), `dlv_${toUuid(hex)}`]) {
          expect(parseFamilyId(text, 'dlv')).toEqual({ base, ordinal: delivery, attempt: 0 });
        }
      }),
    );
  });

  it('of configuration are printed as UUIDs and read from them, in upper case too; what is none stays as it is', () => {
    const id = newConfigurationId('con', NOW);
    const uuid = configurationUuid(id);
    expect(uuid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    for (const text of [uuid, uuid.toUpperCase(), id]) expect(fromConfigurationUuid(text, 'con')).toBe(id);
    for (const text of ['', 'con_', 'nonsense', `${uuid}0`]) expect(fromConfigurationUuid(text, 'con')).toBe(text);
  });

  it('keep the four hex digits of each ordinal at the end', () => {
    expect(deliveryId(BASE, 1)).toBe(`dlv_${BASE}00010000`);
    expect(attemptId(BASE, 0xffff, 0x1a2)).toBe(`da_${BASE}ffff01a2`);
  });

  it.each([
    ['another prefix', deliveryId(BASE, 1), 'evt'],
    ['an event where a delivery is asked for', eventId(BASE).replace('evt_', 'dlv_'), 'dlv'],
    ['a delivery where an event is asked for', deliveryId(BASE, 1).replace('dlv_', 'evt_'), 'evt'],
    ['a delivery where an attempt is asked for', deliveryId(BASE, 1).replace('dlv_', 'da_'), 'da'],
    ['an attempt where a delivery is asked for', attemptId(BASE, 1, 1).replace('da_', 'dlv_'), 'dlv'],
    ['an attempt without a delivery', `da_${BASE}00000001`, 'da'],
    ['too few digits', deliveryId(BASE, 1).slice(0, -1), 'dlv'],
    ['too many digits', `${deliveryId(BASE, 1)}0`, 'dlv'],
    ['letters that are no hex digits', deliveryId(BASE, 1).replace('7', 'g'), 'dlv'],
    ['white space', ` ${deliveryId(BASE, 1)}`, 'dlv'],
    ['nothing', '', 'evt'],
  ] as const)('refuse %s', (_, text, prefix) => {
    expect(parseFamilyId(text, prefix)).toBeUndefined();
  });

  it('never throw, whatever text they are read from', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseFamilyId(text, 'dlv')));
  });
});

describe('a new base', () => {
  it('has the version and variant bits of a UUIDv7, and the time in front', () => {
    fc.assert(
      fc.property(time, fc.uint8Array({ minLength: 7, maxLength: 7 }), (at, noise) => {
        const base = newBase(at, noise);
        expect(base).toMatch(/^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{7}$/);
        expect(Number.parseInt(base.slice(0, 12), 16)).toBe(at);
      }),
    );
  });

  it('sorts by time, as text', () => {
    fc.assert(
      fc.property(time, time, (one, other) => {
        fc.pre(one < other);
        expect(newBase(one) < newBase(other)).toBe(true);
      }),
    );
  });

  it('uses the 42 random bits that its layout leaves', () => {
    const bases = new Set(Array.from({ length: 2000 }, () => newBase(NOW)));
    expect(bases.size).toBe(2000);
    expect(newBase(NOW, Buffer.alloc(7, 0xff)).slice(12)).toBe('7fffbfffffff');
    expect(newBase(NOW, Buffer.alloc(7, 0)).slice(12)).toBe('700080000000');
  });
});

describe('a derived base', () => {
  it('belongs to its name for ever and has the bits of a UUIDv8', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(derivedBase(name)).toBe(derivedBase(name));
        expect(derivedBase(name)).toMatch(/^[0-9a-f]{12}8[0-9a-f]{3}[89ab][0-9a-f]{7}$/);
      }),
    );
  });

  it('is the one that stored events were found by before', () => {
    expect(derivedBase('a name')).toBe('36e96c626336813daf8e9894');
  });

  it('differs between names', () => {
    expect(derivedBase('a')).not.toBe(derivedBase('b'));
  });
});

describe('identifiers of configuration', () => {
  it('are a prefix and the 32 hex digits of a UUIDv7', () => {
    expect(newConfigurationId('dst', NOW)).toMatch(/^dst_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  });

  it('are told from identifiers of other kinds and from other text', () => {
    const id = newConfigurationId('src', NOW);
    expect(isConfigurationId(id, 'src')).toBe(true);
    expect(isConfigurationId(id, 'dst')).toBe(false);
    expect(isConfigurationId(id.slice(4), 'src')).toBe(false);
    expect(isConfigurationId(`${id}0`, 'src')).toBe(false);
    expect(isConfigurationId(`${id}\n`, 'src')).toBe(false);
    expect(isConfigurationId(id.toUpperCase(), 'src')).toBe(false);
  });
});
