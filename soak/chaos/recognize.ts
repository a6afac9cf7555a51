import { type Call, type JsonObject, jsonAnswer } from '../../local/calls/call';
import { serviceNameOf } from './rates';

/** Whether a function of this name, such as `deliver`, makes the call. */
export const isBy = ({ caller }: Call, name: string): boolean =>
  caller.kind === 'function' && serviceNameOf(caller.logicalId) === name;

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Something at a path in JSON that may be there. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce((inner, name) => Object(inner)[name], value);

/** A copy of JSON with something else at a path. */
export function withAt(value: unknown, [name, ...rest]: readonly string[], replacement: unknown): JsonObject {
  const whole = Object(value);
  return {
    ...whole,
    [String(name)]: rest.length === 0 ? replacement : withAt(whole[String(name)], rest, replacement),
  };
}

export const isClaim = ({ operation, parameters }: Call): boolean =>
  operation === 'UpdateItem' && textOf(parameters.UpdateExpression).includes('claimId = :claim,');

/** Where the update of a delivery is in a call: it is the call, or the first write of a transaction. */
const pathOfUpdate = ({ operation }: Call): readonly string[] =>
  operation === 'TransactWriteItems' ? ['TransactItems', '0', 'Update'] : [];

/** The update that the call is, or begins with. */
export const updateIn = (call: Call): unknown => at(call.parameters, ...pathOfUpdate(call));

/** The call with another value in its update. */
export function withValue(call: Call, name: string, text: string): Call {
  const [list, index, ...rest] = pathOfUpdate(call);
  const path = ['ExpressionAttributeValues', name, 'S'];
  if (list === undefined) return call.with(withAt(call.parameters, path, text));
  const items = listOf(call.parameters[list]).map((item, n) =>
    String(n) === index ? withAt(item, [...rest, ...path], text) : item,
  );
  return call.with({ ...call.parameters, [list]: items });
}

/** The outcome of an attempt is written under the claim. */
export const isRecord = (call: Call): boolean =>
  textOf(at(updateIn(call), 'ConditionExpression')).includes('#claimId = :claimId');

/** The status that an update writes. */
export const statusIn = (call: Call): string => textOf(at(updateIn(call), 'ExpressionAttributeValues', ':status', 'S'));

/** Whether a call puts an item whose sort key looks like this. */
export const isPut = ({ operation, parameters }: Call, sk: RegExp): boolean =>
  operation === 'PutItem' && sk.test(textOf(at(parameters, 'Item', 'sk', 'S')));

/** A part of all items, told by their partition: always the same ones. */
export const isSampled = (key: unknown): boolean => /[0-7]$/.test(textOf(at(key, 'pk', 'S')));

export const NOTHING_DONE = jsonAnswer(200, {});
