import fc from 'fast-check';
import * as z from 'zod';
import { nastyMap, nastyValue } from '../../corpus/names';
import type { Documented } from './documented';
import { fitting } from './documented';

/** What of a JSON schema decides which values are made. */
interface Schema {
  readonly [keyword: string]: unknown;
}

const schemaShape: z.ZodType<Schema> = z.record(z.string(), z.unknown());
const properties = z.record(z.string(), schemaShape);

/** A call that may be malformed anywhere. */
export interface Nonsense {
  /** What stands in the path in place of each parameter; undefined: something that exists. */
  readonly segment: string | undefined;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Text that is sent as it is. */
  readonly body: string | undefined;
  /** Whether the document says that the call is malformed. */
  readonly malformed: boolean;
}

/** Characters that mean something to a parser on the way, or that take several bytes or code units. */
const ODD = fc.constantFrom(...`aZ09_-.~ /\\%?&#=+;:,'"<>{}[]\0\t\n\r\x7fäß\u200f漢💥`);
const HUGE = fc.constantFrom(-1, 0, 1e9, 1e21, -1e308, 2 ** 53, 0.5, 1e-131, 1e-300, 5e-324);
const LONG = fc.constantFrom(
  '',
  'a'.repeat(5000),
  '\u0000',
  '\ud800',
  '💥',
  '../..',
  '%',
  "' OR 1=1",
  '{{x}}',
  '__proto__',
);

const anything = (): fc.Arbitrary<unknown> =>
  fc.oneof(fc.jsonValue({ maxDepth: 4 }), nastyValue(), HUGE, LONG, fc.string({ unit: ODD }), fc.constant(nested(200)));

/** Lists within lists. */
function nested(depth: number): unknown {
  return depth === 0 ? [] : [nested(depth - 1)];
}

/** Values that a schema has in mind, and some just beside them. */
function nearly(schema: Schema): fc.Arbitrary<unknown> {
  const { anyOf, enum: words, type, pattern } = schema;
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map((one) => value(schemaShape.parse(one))));
  if (Array.isArray(words)) return fc.constantFrom(...words);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (type === 'object') return object(schema);
  if (type === 'array') return fc.array(value(schemaShape.parse(schema.items ?? {})), { maxLength: 4 });
  if (type === 'integer' || type === 'number') return number(schema);
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (type === 'string' && typeof pattern === 'string')
    return fc.stringMatching(new RegExp(pattern), { maxLength: 20 });
  return fc.oneof(
    fc.string(),
    fc.constantFrom('https://example.com/hook', '2026-01-31', '2026-02-31T00:00:00Z', 'default'),
    fc.constantFrom(
      '9999-12-31T23:59:59-14:00',
      '0000-01-01T00:00:00+14:00',
      '+010000-01-01',
      '2026-01-01T00:00:00-23:59',
    ),
  );
}

/** Mostly what fits, so that one wrong member is not hidden behind another. */
const value = (schema: Schema): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(null).chain(() => nearly(schema)) },
    { weight: 1, arbitrary: anything() },
  );

function object(schema: Schema): fc.Arbitrary<unknown> {
  const members = properties.parse(schema.properties ?? {});
  const required = z.array(z.string()).parse(schema.required ?? []);
  const all = Object.fromEntries(Object.entries(members).map(([name, member]) => [name, value(member)]));
  const usual = fc.record(all, { requiredKeys: required });
  const record = fc.oneof(
    fc.dictionary(fc.string({ maxLength: 12 }), anything(), { maxKeys: 3 }),
    nastyMap(anything()),
  );
  const { additionalProperties } = schema;
  if (typeof additionalProperties === 'object' && additionalProperties !== null)
    return fc.oneof(nastyMap(value(schemaShape.parse(additionalProperties))), record);
  return fc.oneof(
    { weight: 8, arbitrary: usual },
    { weight: 1, arbitrary: fc.record(all, { requiredKeys: [] }) },
    { weight: 1, arbitrary: record },
  );
}

function number({ minimum = 0, maximum = 1e6 }: Schema): fc.Arbitrary<unknown> {
  const [low, high] = [Number(minimum), Number(maximum)];
  return fc.oneof(
    fc.integer({ min: Math.ceil(low), max: Math.floor(high) }),
    fc.constantFrom(low - 1, low, low + 1e-131, high, high + 1, low + 0.5),
  );
}

const asText = (one: unknown): string => (typeof one === 'string' ? one : (JSON.stringify(one) ?? ''));

/** Whether a text from the query can be read as what the schema says. */
function readable(schema: Schema): (text: string) => boolean {
  const fits = fitting(schema);
  if (schema.type !== 'integer') return fits;
  return (text) => /^\d{1,9}$/.test(text) && fits(Number(text));
}

/** Calls of an operation that are malformed in every way, among some that are not. */
export function nonsense({ parameters, requestBody }: Documented): fc.Arbitrary<Nonsense> {
  const queries = parameters.filter((one) => one.in === 'query');
  const readers = queries.map(({ name, schema }) => [name, readable(schema)] as const);
  const schema = requestBody?.content['application/json']?.schema;
  const fits = schema && fitting(schema);
  const members = Object.fromEntries(queries.map((one) => [one.name, value(one.schema).map(asText)]));
  const json = schema && value(schema).map((one) => JSON.stringify(one));
  const broken = fc.constantFrom('', '{', '[1,', '"\\ud800"', 'null', '{"a":1,"a":2}', '\u0000');
  return fc
    .record({
      segment: fc.option(
        fc.oneof(fc.string({ unit: ODD, minLength: 1, maxLength: 60 }), fc.stringMatching(/^[a-z]{2,3}_[0-9a-f]{32}$/)),
        {
          nil: undefined,
          freq: 2,
        },
      ),
      query: fc.record(members, { requiredKeys: [] }),
      body: json ? fc.oneof({ weight: 6, arbitrary: json }, { weight: 1, arbitrary: broken }) : fc.constant(undefined),
    })
    .map((call) => ({ ...call, malformed: isMalformed(call.query, call.body) }));

  function isMalformed(query: Nonsense['query'], body: string | undefined): boolean {
    const isWrong = ([name, reads]: (typeof readers)[number]) => query[name] !== undefined && !reads(query[name]);
    if (readers.some(isWrong)) return true;
    if (body === '' && !requestBody?.required) return false;
    return fits !== undefined && !fits(parsed(body));
  }
}

/** What is no JSON is not even undefined. */
function parsed(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return undefined;
  }
}
