import { LocalStackError } from '../errors';
import { ACCOUNT_ID, REGION } from './template';

/** Where references lead: the physical id and the attributes of a resource. */
export interface Scope {
  /** Value of `Ref` on a resource. */
  ref(logicalId: string): unknown;
  /** Value of `Fn::GetAtt` on a resource. */
  attribute(logicalId: string, name: string): unknown;
}

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT_ID,
  'AWS::Region': REGION,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** Represents `AWS::NoValue`: the member that has it is dropped. */
const NO_VALUE = Symbol('AWS::NoValue');

/**
 * Replaces the intrinsic functions in a template value.
 *
 * @throws LocalStackError for a function that is not emulated
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
 */
export function resolveIntrinsics(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value))
    return value.map((item) => resolveIntrinsics(item, scope)).filter((item) => item !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (only !== undefined && entries.length === 1 && isIntrinsic(only[0])) return callIntrinsic(only[0], only[1], scope);
  return Object.fromEntries(
    entries.map(([key, item]) => [key, resolveIntrinsics(item, scope)]).filter(([, item]) => item !== NO_VALUE),
  );
}

const isIntrinsic = (key: string): boolean => key === 'Ref' || key === 'Condition' || key.startsWith('Fn::');

function callIntrinsic(name: string, argument: unknown, scope: Scope): unknown {
  switch (name) {
    case 'Ref':
      return reference(text(argument), scope);
    case 'Fn::GetAtt':
      return attribute(argument, scope);
    case 'Fn::Sub':
      return substitute(argument, scope);
    case 'Fn::Join': {
      const [separator, items] = list(argument, scope);
      return list(items, scope).map(text).join(text(separator));
    }
    case 'Fn::Select': {
      const [index, items] = list(argument, scope);
      return list(items, scope)[Number(index)];
    }
    case 'Fn::Split': {
      const [separator, source] = list(argument, scope);
      return text(source).split(text(separator));
    }
    default:
      throw new LocalStackError(`The template uses ${name}, which the local stack does not emulate.`);
  }
}

function reference(name: string, scope: Scope): unknown {
  if (name === 'AWS::NoValue') return NO_VALUE;
  return PSEUDO_PARAMETERS[name] ?? scope.ref(name);
}

function attribute(argument: unknown, scope: Scope): unknown {
  const [logicalId, name] = typeof argument === 'string' ? splitOnce(argument) : list(argument, scope).map(text);
  return scope.attribute(logicalId ?? '', name ?? '');
}

function splitOnce(path: string): [string, string] {
  const dot = path.indexOf('.');
  return [path.slice(0, dot), path.slice(dot + 1)];
}

function substitute(argument: unknown, scope: Scope): string {
  const [pattern, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const known = new Map(Object.entries(Object(resolveIntrinsics(variables, scope))));
  return text(pattern).replaceAll(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) => {
    if (literal !== '') return whole.replace('!', '');
    if (known.has(name)) return text(known.get(name));
    return text(name.includes('.') ? attribute(name, scope) : reference(name, scope));
  });
}

function list(value: unknown, scope: Scope): unknown[] {
  const resolved = resolveIntrinsics(value, scope);
  if (Array.isArray(resolved)) return resolved;
  throw new LocalStackError(`The template has ${JSON.stringify(value)} where a list belongs.`);
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new LocalStackError(`The template has ${JSON.stringify(value)} where a text belongs.`);
}
