import type { ErrorObject, KeywordCxt } from 'ajv';
import { _, Ajv2020 } from 'ajv/dist/2020.js';
import { FORMATS } from './formats';
import { isObject, type JsonObject } from './keywords';
import { Meter, WorkExceededError } from './meter';
import { canonical, isDeeperThan } from './nesting';
import { prepare, STEP } from './prepare';
import { linearRegExp } from './regexp';

/** Payloads nested more deeply are refused without validating: each level takes some of the call stack. */
const MAX_LEVELS = 256;

/** The longest path shown in an error: the names in it come from the sender. */
const MAX_PLACE = 200;

/** A schema that is ready to be applied. */
export interface PayloadSchema {
  /** What is wrong with a payload and where, without any of its values; undefined if it matches. */
  problemOf(payload: unknown, meter: Meter): string | undefined;
}

/**
 * Compiles a schema. Its work is metered: the cost depends on schema and payload together, and cannot be bounded by
 * looking at the schema alone.
 *
 * @throws Error when it does not compile
 */
export function compileSchema(schema: JsonObject | boolean): PayloadSchema {
  let meter = new Meter(0);
  const validate = createAjv((steps) => meter.spend(steps)).compile(isObject(schema) ? prepare(schema) : schema);
  return {
    problemOf: (payload, allowance) => {
      meter = allowance;
      if (isDeeperThan(payload, MAX_LEVELS)) return `is nested more than ${MAX_LEVELS} levels deep`;
      try {
        return validate(payload) ? undefined : describe(validate.errors?.[0]);
      } catch (error) {
        if (error instanceof WorkExceededError) return 'takes too much work to validate';
        if (error instanceof RangeError) return 'is nested too deeply to be validated';
        throw error;
      }
    },
  };
}

function createAjv(spend: (steps: number) => void): Ajv2020 {
  const regExp = Object.assign((pattern: string) => linearRegExp(pattern, spend), { code: 'linearRegExp' });
  const ajv = new Ajv2020({
    // Unknown keywords and formats are ignored, as JSON Schema requires.
    strict: false,
    logger: false,
    // JavaScript reads numbers that are too large as infinite, which is not a JSON number.
    strictNumbers: true,
    // The prepared schema was checked when it was saved.
    meta: false,
    validateSchema: false,
    // Otherwise a schema would be copied to every place that refers to it.
    inlineRefs: false,
    // Only the payload's own members count, not inherited ones.
    ownProperties: true,
    // 19.99 is a multiple of 0.01 despite binary fractions.
    multipleOfPrecision: 9,
    code: { regExp, optimize: false },
    formats: FORMATS,
  });
  ajv.addKeyword({ keyword: STEP, schemaType: 'number', code: (context) => charge(context, spend) });
  putFirst(ajv, STEP);
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    validate: (wanted: boolean, items: readonly unknown[]) => !wanted || areUnique(items, spend),
    error: { message: 'must NOT have duplicate items' },
  });
  return ajv;
}

/** Makes a keyword the first to be evaluated: evaluation stops at the first that fails. */
function putFirst({ RULES }: Ajv2020, keyword: string): void {
  for (const group of RULES.rules) {
    const index = group.rules.findIndex((rule) => rule.keyword === keyword);
    if (index >= 0) RULES.rules.unshift({ rules: group.rules.splice(index, 1) });
    if (index >= 0) return;
  }
}

/** Generates the call that charges for one application of a schema. */
function charge({ gen, data, schema }: KeywordCxt, spend: (steps: number) => void): void {
  const ref = (value: unknown, own: number) => spend(own + sizeOf(value));
  gen.code(_`${gen.scopeValue('func', { ref })}(${data}, ${schema})`);
}

/** The size of a value itself, without nested values: keywords may look at a whole string, or at all names. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length >> 3;
  if (Array.isArray(value)) return value.length >> 2;
  return isObject(value) ? 4 * Object.keys(value).length : 0;
}

/** The library compares every pair of items; this takes linear time. */
function areUnique(items: readonly unknown[], spend: (steps: number) => void): boolean {
  const seen = new Set<string>();
  for (const item of items) {
    const text = canonical(item);
    spend(8 + text.length);
    if (seen.has(text)) return false;
    seen.add(text);
  }
  return true;
}

function describe(error: ErrorObject | undefined): string {
  if (!error) return 'does not match';
  const { instancePath, message = 'does not match' } = error;
  const place = instancePath.length > MAX_PLACE ? `${instancePath.slice(0, MAX_PLACE)}…` : instancePath;
  return `${place === '' ? 'the payload' : place} ${message}`;
}
