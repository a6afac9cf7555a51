import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packSchema } from '../../../lambdas/configuration/payload-schema';
import { compileSchema } from '../../../lambdas/payload-schemas/compile';
import { Meter } from '../../../lambdas/payload-schemas/meter';
import { createValidators } from '../../../lambdas/payload-schemas/validators';
import { schemaProblem } from '../../../lambdas/payload-schemas/vet';

type Schema = Parameters<typeof compileSchema>[0];

const STEPS = 2_000_000;
const problemOf = (schema: Schema, payload: unknown) => compileSchema(schema).problemOf(payload, new Meter(STEPS));

describe('validating a payload', () => {
  it('names the place and the rule, and none of the values', () => {
    const schema = { properties: { card: { properties: { number: { type: 'integer' } } } } };
    const problem = problemOf(schema, { card: { number: '4111-1111' } });
    expect(problem).toBe('/card/number must be integer');
  });

  it('speaks of the payload where the whole of it is wrong', () => {
    expect(problemOf({ type: 'object', required: ['id'] }, {})).toBe("the payload must have required property 'id'");
    expect(problemOf(false, {})).toContain('the payload');
  });

  it('shows no more than the beginning of a place whose names are the sender’s', () => {
    const problem = problemOf({ additionalProperties: { type: 'null' } }, { ['k'.repeat(5_000)]: 1 });
    expect(problem?.length).toBeLessThan(300);
  });

  it.each<[string, Schema, unknown, boolean]>([
    ['unevaluated members', { allOf: [{ properties: { a: true } }], unevaluatedProperties: false }, { a: 1 }, true],
    [
      'unevaluated members that are too many',
      { allOf: [{ properties: { a: true } }], unevaluatedProperties: false },
      { b: 1 },
      false,
    ],
    ['unevaluated items', { prefixItems: [true], unevaluatedItems: false }, [1, 2], false],
    ['dependent members', { dependentRequired: { a: ['b'] } }, { a: 1 }, false],
    ['dependent schemas', { dependentSchemas: { a: { required: ['b'] } } }, { a: 1, b: 1 }, true],
    ['counted matches', { contains: { const: 1 }, minContains: 2 }, [1, 2], false],
    ['conditions', JSON.parse('{"if": {"const": 1}, "then": {"const": 2}}'), 1, false],
    [
      'a dynamic reference',
      { $dynamicAnchor: 'n', type: 'object', additionalProperties: { $dynamicRef: '#n' } },
      { a: { b: 1 } },
      false,
    ],
    [
      'items that are equal but for the order of members',
      { uniqueItems: true },
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      false,
    ],
    ['items that only look alike', { uniqueItems: true }, [1, '1', [1], { 1: 1 }, null, 'null', true, 'true'], true],
    ['formats', { format: 'date-time' }, '2026-02-30T00:00:00Z', false],
    ['formats that are unknown', { format: 'colour' }, 'x', true],
    ['keywords of other drafts', { dependencies: { a: ['b'] } }, { a: 1 }, true],
    ['extensions of the library', { type: 'string', nullable: true }, null, false],
    ['members that are inherited', { required: ['constructor'] }, {}, false],
    ['members that are inherited and not there', { properties: { toString: { type: 'string' } } }, {}, true],
    ['decimal fractions', { multipleOf: 0.01 }, 19.99, true],
    ['numbers beyond what can be held', { type: 'number' }, JSON.parse('1e400'), false],
    ['lengths in characters', { maxLength: 1 }, '😀', true],
    ['Unicode in patterns', { pattern: '^\\p{L}+$' }, 'grün', true],
    ['a last line break', { pattern: '^a$' }, 'a\n', false],
    ['lone surrogates', { pattern: '^.$' }, '\ud800', true],
    ['a member named __proto__', { additionalProperties: { type: 'string' } }, JSON.parse('{"__proto__": 1}'), false],
  ])('knows %s', (_, schema, payload, matches) => {
    expect(schemaProblem(schema)).toBeUndefined();
    expect(problemOf(schema, payload) === undefined).toBe(matches);
  });

  it('refuses what is nested more deeply than it can follow, as deep as it may be', () => {
    for (const levels of [258, 10_000, 100_000]) {
      const payload = JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as unknown;
      expect(problemOf({ items: { $ref: '#' } }, payload)).toContain('256 levels');
    }
  });
});

describe('the work of a validation', () => {
  it('ends where it is used up, whatever schema and payload multiply to', () => {
    const node = { oneOf: [1, 2, 3].map(() => ({ properties: { a: { $ref: '#/$defs/node' } } })) };
    const payload = JSON.parse(`${'{"a":'.repeat(200)}1${'}'.repeat(200)}`) as unknown;
    const schema = { $defs: { node }, anyOf: [{ $ref: '#/$defs/node' }, {}] };
    expect(schemaProblem(schema)).toBeUndefined();
    expect(problemOf(schema, payload)).toBe('takes too much work to validate');
  });

  it.each<[string, Schema, unknown]>([
    ['patterns', { pattern: '^(a|b|ab)*c$' }, 'ab'.repeat(100)],
    [
      'lists of allowed values',
      { items: { not: { enum: Array.from({ length: 50 }, (_, n) => n) } } },
      [...Array(10)].map(() => 99),
    ],
    [
      'alternatives that fail',
      { items: { anyOf: [...[...Array(50)].map(() => ({ type: 'string' })), {}] } },
      [...Array(10)].map(() => 1),
    ],
    ['comparing items', { uniqueItems: true }, [...Array(200)].map((_, n) => n)],
    ['the length of texts', { allOf: [...Array(20)].map(() => ({ maxLength: 9_999 })) }, 'x'.repeat(1_000)],
  ])('is counted for %s', (_, schema, payload) => {
    expect(compileSchema(schema).problemOf(payload, new Meter(500))).toBe('takes too much work to validate');
  });

  it('is the same however often it is done', () => {
    const payloads = fc.jsonValue({ maxDepth: 6 });
    const schema = compileSchema({
      $defs: {
        v: {
          anyOf: [{ type: 'object', additionalProperties: { $ref: '#/$defs/v' } }, { items: { $ref: '#/$defs/v' } }],
        },
      },
      $ref: '#/$defs/v',
      uniqueItems: true,
    });
    fc.assert(
      fc.property(payloads, fc.integer({ min: 1, max: 400 }), (payload, steps) => {
        expect(schema.problemOf(payload, new Meter(steps))).toBe(schema.problemOf(payload, new Meter(steps)));
      }),
    );
  });

  it('is shared by the schemas that one event is held against', async () => {
    const validate = createValidators()(() => ({ value: 'x'.repeat(200_000) }));
    const hungry = (n: number) => packSchema({ title: `${n}`, pattern: `^(.?x){${9}}(a|b)*$` });
    const problems: (string | undefined)[] = [];
    for (let n = 0; n < 30; n += 1) problems.push(await validate(hungry(n)));
    expect(problems.every((problem) => problem?.includes('too much work'))).toBe(true);
  });
});

describe('applying the schemas of connections', () => {
  it('says that a body is no JSON', async () => {
    const validate = createValidators()(() => undefined);
    expect(await validate(packSchema({}))).toContain('no JSON');
  });

  it('compiles a schema once', async () => {
    let compiled = 0;
    const counting = async () => ({
      compileSchema: (schema: Schema) => {
        compiled += 1;
        return compileSchema(schema);
      },
    });
    const validatorFor = createValidators(counting as never);
    for (const value of [1, 'x', {}]) await validatorFor(() => ({ value }))(packSchema({ type: 'string' }));
    expect(compiled).toBe(1);
  });

  it('refuses payloads where a stored schema does not compile any more', async () => {
    const problem = await createValidators()(() => ({ value: 1 }))(packSchema({ $ref: '#/gone' }));
    expect(problem).toContain('cannot be used');
  });
});
