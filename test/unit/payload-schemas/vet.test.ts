import { describe, expect, it } from 'vitest';
import { schemaProblem } from '../../../lambdas/payload-schemas/vet';

const times = <Made>(count: number, make: (n: number) => Made): Made[] =>
  Array.from({ length: count }, (_, n) => make(n));
const deep = (levels: number): object => (levels === 0 ? {} : { not: deep(levels - 1) });

/** Each definition applies the next one twice. */
const chain = (length: number, twice: (ref: object) => object) => ({
  $defs: Object.fromEntries([
    ...times(length, (n) => [`d${n}`, twice({ $ref: `#/$defs/d${n + 1}` })]),
    [`d${length}`, { type: 'string' }],
  ]),
  $ref: '#/$defs/d0',
});

const order = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://shop.example/order.json',
  title: 'Order',
  type: 'object',
  properties: {
    id: { type: 'integer', minimum: 1 },
    email: { format: 'email', pattern: '^[^@\\s]+@[^@\\s]+$' },
    lines: { type: 'array', items: { $ref: '#/$defs/line' }, uniqueItems: true },
  },
  required: ['id'],
  $defs: { line: { $anchor: 'line', type: 'object', properties: { sku: { type: 'string' } } } },
  unevaluatedProperties: false,
  'x-owner': 'shop',
};

describe('a schema that may be saved', () => {
  it.each<[string, Parameters<typeof schemaProblem>[0]]>([
    ['an ordinary one, with annotations and an $id of its own', order],
    ['true', true],
    ['false', false],
    ['an empty one', {}],
    ['unknown keywords and formats', { discriminator: 'kind', nullable: true, format: 'colour', $async: true }],
    ['a reference to an anchor', { $defs: { a: { $anchor: 'a' } }, $ref: '#a' }],
    ['a tree', { properties: { left: { $ref: '#' }, right: { $ref: '#' } } }],
    ['a list of itself', { type: 'object', properties: { children: { items: { $ref: '#' } } } }],
    ['a recursive choice', { anyOf: times(5, () => ({ properties: { next: { $ref: '#' } } })) }],
    ['a dynamic reference', { $dynamicAnchor: 'node', properties: { child: { $dynamicRef: '#node' } } }],
    [
      'recursion behind conditions',
      {
        allOf: times(6, (n) => ({
          ...{ if: { properties: { kind: { const: n } } }, else: { properties: { sub: { $ref: '#' } } } },
        })),
      },
    ],
    ['members that objects inherit', { properties: { constructor: { type: 'string' }, toString: {} } }],
    ['nested quantifiers, which run in linear time', { pattern: '^(a+)+$' }],
    ['a script', { pattern: '^\\p{Script=Greek}+$' }],
  ])('%s', (_, schema) => {
    expect(schemaProblem(schema)).toBeUndefined();
  });
});

describe('a schema is refused', () => {
  it.each<[string, Parameters<typeof schemaProblem>[0], RegExp]>([
    ['that names no type', { properties: { a: { type: 'text' } } }, /at properties\.a\.type/],
    ['whose keyword has the wrong shape', { properties: 5 }, /properties/],
    ['of another draft', { $schema: 'http://json-schema.org/draft-07/schema#' }, /2020-12/],
    [
      'that refers to the web',
      { properties: { a: { $ref: 'https://example.com/a.json' } } },
      /outside.*properties\.a\.\$ref/,
    ],
    ['that refers to a file', { $ref: 'file:///etc/passwd' }, /outside/],
    ['that refers to another document by a relative name', { $ref: 'other.json#/a' }, /outside/],
    ['that refers to the meta-schema', { $ref: 'https://json-schema.org/draft/2020-12/schema' }, /outside/],
    ['that refers to nothing', { $ref: '#/$defs/none' }, /no schema/],
    ['that refers to no anchor', { $ref: '#none' }, /no anchor/],
    ['that refers to what is no schema', { const: { a: 1 }, $ref: '#/const' }, /no schema/],
    ['with an $id inside', { $defs: { a: { $id: 'https://example.com/a' } } }, /\$id/],
    ['with a pattern that is none', { pattern: '(' }, /pattern/],
    ['with a pattern that looks ahead', { properties: { a: { pattern: '^(?=a)' } } }, /at properties\.a\.pattern/],
    ['with a pattern that refers back', { patternProperties: { '(a)\\1': true } }, /patternProperties/],
    ['with a pattern that is huge once it is unfolded', { pattern: '((a{30}){30}){30}' }, /pattern/],
    ['that is itself', { $ref: '#' }, /itself/],
    [
      'that is itself by a detour',
      { $defs: { a: { allOf: [{ $ref: '#/$defs/b' }] }, b: { anyOf: [{ $ref: '#/$defs/a' }] } }, $ref: '#/$defs/a' },
      /itself/,
    ],
    ['that is itself dynamically', { $dynamicAnchor: 'a', not: { $dynamicRef: '#a' } }, /itself/],
    ['that doubles with each reference', chain(20, (ref) => ({ allOf: [ref, ref] })), /too many/],
    ['that doubles with each choice', chain(20, (ref) => ({ anyOf: [ref, ref] })), /too many/],
    ['that doubles with each level', { properties: { a: { allOf: [{ $ref: '#' }, { $ref: '#' }] } } }, /exponentially/],
    ['that doubles with each item', { items: { $ref: '#' }, contains: { $ref: '#' } }, /exponentially/],
    ['that doubles by two patterns', { patternProperties: { a: { $ref: '#' }, '^.': { $ref: '#' } } }, /exponentially/],
    ['that holds too many schemas', { allOf: times(1_001, () => ({})) }, /1000 schemas/],
    ['that is too large', { description: 'x'.repeat(65_536) }, /larger/],
    ['that is too deep', deep(100), /levels deep/],
    ['that names __proto__', JSON.parse('{"properties": {"__proto__": {"type": "string"}}}'), /__proto__/],
    [
      'that repeats an anchor',
      { $defs: { a: { $anchor: 'x' }, b: { $anchor: 'x' } }, properties: { c: { $ref: '#x' } } },
      /compile/,
    ],
  ])('%s', (_, schema, problem) => {
    expect(schemaProblem(schema)).toMatch(problem);
  });
});
