import { type Call, type Interceptor, type JsonObject, jsonAnswer } from '../../local/calls/call';
import { serviceNameOf } from './rates';

/** Promises that can be turned off, to see that the soak notices. */
export const MUTATIONS = [
  'claim-condition',
  'record-before-acknowledge',
  'conditional-delivery-put',
  'aggregate-marker',
  'mirror-marks',
  'schema-check',
  'rate-limit-turn',
  'recovery-plan',
  'message-for-each-delivery',
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
  'mirror-marks': hiding('deliver', 'accepted'),
  'schema-check': hiding('route', 'schema'),
  'rate-limit-turn': hiding('deliver', 'rateLimit'),
  'recovery-plan': hiding('sweep', 'plan'),
  'message-for-each-delivery': (call, forward) => forward(withoutLastMessage(call)),
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

/** A function reads items as if they did not have an attribute. */
function hiding(functionName: string, attribute: string): Interceptor {
  return async (call, forward) => {
    const answer = await forward(call);
    const { service, caller } = call;
    if (service !== 'dynamodb' || caller.kind !== 'function' || serviceNameOf(caller.logicalId) !== functionName)
      return answer;
    const without: unknown = JSON.parse(String(answer.body), (key, value) => (key === attribute ? undefined : value));
    return jsonAnswer(answer.status, Object(without));
  };
}

/** Of several messages that routing sends at once, the last one never gets into the queue. */
function withoutLastMessage(call: Call): Call {
  const entries = listOf(call.parameters.Entries);
  if (call.operation !== 'SendMessageBatch' || entries.length < 2) return call;
  return call.with({ ...call.parameters, Entries: entries.slice(0, -1) });
}

function unconditional({ ConditionExpression, ReturnValuesOnConditionCheckFailure, ...rest }: JsonObject): JsonObject {
  return rest;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
