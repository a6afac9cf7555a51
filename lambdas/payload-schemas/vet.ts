import { Ajv2020 } from 'ajv/dist/2020.js';
import { compileSchema } from './compile';
import { refuseGrowth } from './growth';
import { isObject, type JsonObject } from './keywords';
import { isDeeperThan } from './nesting';
import { linearRegExp } from './regexp';
import { readTree, SchemaProblem, type SchemaTree } from './tree';

const DIALECT = /^https:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;

/** 64 KiB of JSON. */
const MAX_BYTES = 65_536;
const MAX_LEVELS = 64;

/** Checks schemas against the meta-schema; created when the first one is saved. */
let metaSchema: Ajv2020 | undefined;

/**
 * Why a schema may not be saved: it is not a schema, does not compile, refers to something outside itself, is too
 * large, or is built to be slow. Undefined if it may.
 */
export function schemaProblem(schema: JsonObject | boolean): string | undefined {
  try {
    if (isObject(schema)) check(schema);
    return undefined;
  } catch (error) {
    if (!(error instanceof SchemaProblem)) throw error;
    return error.steps.length === 0 ? error.message : `${error.message}, at ${error.steps.join('.')}`;
  }
}

function check(schema: JsonObject): void {
  if (isDeeperThan(schema, MAX_LEVELS)) throw new SchemaProblem([], `is nested more than ${MAX_LEVELS} levels deep`);
  if (Buffer.byteLength(JSON.stringify(schema)) > MAX_BYTES) {
    throw new SchemaProblem([], `is larger than ${MAX_BYTES} bytes`);
  }
  const { $schema } = schema;
  if ($schema !== undefined && !(typeof $schema === 'string' && DIALECT.test($schema))) {
    throw new SchemaProblem(['$schema'], 'must be JSON Schema 2020-12');
  }
  const tree = readTree(schema);
  checkShape(schema);
  checkPatterns(tree);
  refuseGrowth(tree);
  checkCompiles(schema);
}

function checkShape({ $schema: _, ...schema }: JsonObject): void {
  metaSchema ??= new Ajv2020({ strict: false, logger: false, validateFormats: false });
  if (metaSchema.validate('https://json-schema.org/draft/2020-12/schema', schema)) return;
  const [error] = metaSchema.errors ?? [];
  const steps = (error?.instancePath ?? '').split('/').slice(1);
  throw new SchemaProblem(steps, error?.message ?? 'is no JSON Schema');
}

function checkPatterns({ nodes }: SchemaTree): void {
  for (const { schema, steps } of nodes) {
    const { pattern, patternProperties } = schema;
    if (typeof pattern === 'string') checkPattern(pattern, [...steps, 'pattern']);
    if (!isObject(patternProperties)) continue;
    for (const name of Object.keys(patternProperties)) checkPattern(name, [...steps, 'patternProperties', name]);
  }
}

function checkPattern(pattern: string, at: readonly string[]): void {
  try {
    linearRegExp(pattern, () => undefined);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SchemaProblem(at, `is no pattern that can be run in linear time (${why})`);
  }
}

function checkCompiles(schema: JsonObject): void {
  try {
    compileSchema(schema);
  } catch (error) {
    throw new SchemaProblem([], `does not compile: ${error instanceof Error ? error.message : String(error)}`);
  }
}
