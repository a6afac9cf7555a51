import { type Call, type Interceptor, type JsonObject, jsonAnswer } from '../../local/calls/call';

/** Promises that can be turned off, to see that the soak notices. */
export const MUTATIONS = [
  'claim-condition',
  'record-before-acknowledge',
  'conditional-delivery-put',
  'aggregate-marker',
] as const;

export type Mutation = (typeof MUTATIONS)[number];

/** Changes the calls that keep a promise into calls that do not. The code that makes them is the code that is deployed. */
export const mutationOf = (mutation: Mutation): Interceptor => INTERCEPTORS[mutation];

const INTERCEPTORS: Readonly<Record<Mutation, Interceptor>> = {
  'claim-condition': (call, forward) =>
    forward(isClaim(call) ? call.with({ ...call.parameters, ConditionExpression: ALWAYS }) : call),
  'record-before-acknowledge': async (call, forward) => (isRecord(call) ? jsonAnswer(200, {}) : forward(call)),
  'conditional-delivery-put': (call, forward) =>
    forward(isDeliveryPut(call) ? call.with(unconditional(call.parameters)) : call),
  'aggregate-marker': (call, forward) => forward(withoutMarker(call)),
};

/** Holds for every delivery, and names every value of the claim's own condition, as DynamoDB demands. */
const ALWAYS = 'attribute_exists(pk) AND (made = :before OR made <> :before OR #status IN (:pending, :retrying))';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const isClaim = ({ operation, parameters }: Call): boolean =>
  operation === 'UpdateItem' && text(parameters.UpdateExpression).includes('claimId = :claim,');

/** The outcome of an attempt, alone or as the first write of a transaction, is written under the claim. */
function isRecord({ operation, parameters }: Call): boolean {
  const writes = operation === 'TransactWriteItems' ? listOf(parameters.TransactItems) : [{ Update: parameters }];
  const update = Object(writes[0]).Update;
  return text(Object(update).ConditionExpression).includes('#claimId = :claimId');
}

function isDeliveryPut({ operation, parameters }: Call): boolean {
  return operation === 'PutItem' && /^DLV#[0-9a-f]{4}$/.test(text(Object(Object(parameters.Item).sk).S));
}

function withoutMarker(call: Call): Call {
  if (call.operation !== 'TransactWriteItems') return call;
  const items = listOf(call.parameters.TransactItems);
  const TransactItems = items.map((item) => (isMarker(item) ? { Put: unconditional(Object(item).Put) } : item));
  return call.with({ ...call.parameters, TransactItems });
}

const isMarker = (item: unknown): boolean =>
  text(Object(Object(Object(Object(item).Put).Item).pk).S).startsWith('COUNTED#');

function unconditional({ ConditionExpression, ReturnValuesOnConditionCheckFailure, ...rest }: JsonObject): JsonObject {
  return rest;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
