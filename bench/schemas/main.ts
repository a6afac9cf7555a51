import { compileSchema } from '../../lambdas/payload-schemas/compile';
import { Meter } from '../../lambdas/payload-schemas/meter';
import { PER_VALIDATION } from '../../lambdas/payload-schemas/validators';
import { schemaProblem } from '../../lambdas/payload-schemas/vet';

/**
 * How long the slowest validations take that are possible: schemas that are accepted, with payloads of 256 KiB made to be
 * slow with them. `npm run bench:schemas` prints a row for each and fails when one takes longer than the limit.
 */
const LIMIT_MS = 1_000;
const BYTES = 262_144;

type Schema = Parameters<typeof compileSchema>[0];

const fill = (piece: string, open: string, close: string): string => {
  const count = Math.floor((BYTES - open.length - close.length) / (piece.length + 1));
  return `${open}${Array.from({ length: count }, () => piece).join()}${close}`;
};
const nested = (levels: number, open: string, middle: string, close: string) =>
  open.repeat(levels) + middle + close.repeat(levels);
const times = <Made>(count: number, make: (n: number) => Made): Made[] =>
  Array.from({ length: count }, (_, n) => make(n));
const recursive = (keyword: string, count: number) => ({
  $defs: { node: { [keyword]: times(count, () => ({ properties: { a: { $ref: '#/$defs/node' } } })) } },
  $ref: '#/$defs/node',
  required: ['no'],
});
const text = (character: string) => JSON.stringify(character.repeat(BYTES - 2));
const pattern = (one: string): Schema => ({ pattern: one });

const CASES: readonly (readonly [string, Schema, string])[] = [
  ['unique objects', { uniqueItems: true }, `[${times(22_000, (n) => `{"a":${n}}`).join()}]`],
  [
    'unique deep',
    { $defs: { u: { uniqueItems: true, items: { $ref: '#/$defs/u' } } }, $ref: '#/$defs/u' },
    nested(250, '[', fill('1', '[', ']'), ']'),
  ],
  ['nested quantifiers', pattern('^(a+)+$'), text('a')],
  ['large automaton', pattern('^(x|xx|xxx){100}(.?){300}y$'), text('x')],
  ['counted', pattern('(.*x.{400}y)'), text('x')],
  [
    'many patterns',
    { patternProperties: Object.fromEntries(times(300, (n) => [`(a|b)+${n}$`, {}])) },
    `{${times(12_000, (n) => `"abababababab${n}":1`).join()}}`,
  ],
  ['enum of many', { items: { not: { enum: times(5_000, (n) => n) } } }, fill('9999', '[', ']')],
  ['many required', { items: { required: times(1_000, (n) => `a${n}`) } }, fill('{}', '[', ']')],
  [
    'many properties',
    { items: { properties: Object.fromEntries(times(900, (n) => [`a${n}`, { type: 'string' }])) } },
    fill('{}', '[', ']'),
  ],
  ['wide allOf', { items: { allOf: times(900, () => ({ type: 'number' })) } }, fill('1', '[', ']')],
  ['wide anyOf', { items: { anyOf: [...times(900, () => ({ type: 'string' })), {}] } }, fill('1', '[', ']')],
  ['long text, many', { allOf: times(900, () => ({ maxLength: 300_000 })) }, text('a')],
  ['recursion, two ways', recursive('anyOf', 2), nested(250, '{"a":', '1', '}')],
  ['recursion, many ways', recursive('oneOf', 20), nested(250, '{"a":', '1', '}')],
  [
    'unevaluated',
    { anyOf: times(300, (n) => ({ properties: { [`a${n}`]: true } })), unevaluatedProperties: { not: {} } },
    `{${times(20_000, (n) => `"k${n}":1`).join()}}`,
  ],
  [
    'unevaluated, many',
    { allOf: times(300, () => ({ unevaluatedProperties: { type: 'number' } })) },
    `{${times(20_000, (n) => `"k${n}":1`).join()}}`,
  ],
  ['contains', { allOf: times(400, () => ({ contains: { const: 5 }, minContains: 0 })) }, fill('1', '[', ']')],
  [
    'property names',
    { allOf: times(400, () => ({ propertyNames: { maxLength: 99 } })) },
    `{${times(20_000, (n) => `"k${n}":1`).join()}}`,
  ],
  [
    'additional',
    { allOf: times(400, () => ({ properties: { k1: true, k2: true }, additionalProperties: { type: 'number' } })) },
    `{${times(20_000, (n) => `"k${n}":1`).join()}}`,
  ],
  [
    'dependent',
    { items: { dependentRequired: Object.fromEntries(times(500, (n) => [`a${n}`, ['b']])) } },
    fill('{}', '[', ']'),
  ],
  [
    'formats',
    { items: { anyOf: ['email', 'uri', 'hostname', 'ipv6', 'date-time', 'duration'].map((format) => ({ format })) } },
    `[${times(60, () => JSON.stringify(`${'a.'.repeat(2_000)}@`)).join()}]`,
  ],
  [
    'long names',
    { additionalProperties: { maxLength: 3 }, propertyNames: { pattern: '^(a|aa)+$' } },
    `{"${'a'.repeat(250_000)}b":1}`,
  ],
];

let slowest = 0;
for (const [name, schema, payload] of CASES) {
  const problem = schemaProblem(schema);
  if (problem) {
    process.stdout.write(`${name.padEnd(22)}refused: ${problem}\n`);
    continue;
  }
  const value = JSON.parse(payload) as unknown;
  const began = performance.now();
  const compiled = compileSchema(schema);
  const compiledAt = performance.now();
  const outcome = compiled.problemOf(value, new Meter(PER_VALIDATION));
  const took = performance.now() - compiledAt;
  slowest = Math.max(slowest, took);
  const figures = `${(compiledAt - began).toFixed(0).padStart(6)} ms to compile ${took.toFixed(0).padStart(6)} ms to validate`;
  process.stdout.write(`${name.padEnd(22)}${figures}  ${(outcome ?? 'matches').slice(0, 60)}\n`);
}
process.stdout.write(`The slowest took ${slowest.toFixed(0)} ms; ${LIMIT_MS} ms are allowed.\n`);
process.exitCode = slowest > LIMIT_MS ? 1 : 0;
