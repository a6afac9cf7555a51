import fc from 'fast-check';

/** Names that mean something to JavaScript, among others. */
export const nastyName = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(...Object.getOwnPropertyNames(Object.prototype), 'prototype', 'Constructor', '__PROTO__', 'toJSON'),
    fc.constantFrom('name', 'length', 'S', 'M', 'N', '$metadata', 'then', '0', '-1', ' ', 'a.b', '#a', ':a'),
    fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/),
  );

/** An object whose members have such names; `__proto__` is a member of its own, as in parsed JSON. */
export const nastyMap = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Record<string, Value>> =>
  fc.array(fc.tuple(nastyName(), value), { maxLength: 6 }).map((entries) => Object.fromEntries(entries));

/** JSON values with such names on every level. */
export const nastyValue = (): fc.Arbitrary<unknown> =>
  fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      ...[fc.string(), fc.integer(), fc.boolean(), fc.constant(null)],
      fc.array(tie('value'), { maxLength: 3 }),
      nastyMap(tie('value')),
    ),
  })).value;

/** The same without what is refused before it is stored: `__proto__` in any map. */
export const storable = <Value>(value: Value): Value =>
  JSON.parse(JSON.stringify(value, (name, member) => (name === '__proto__' ? undefined : member)));
