import { type Answer, Call, type Interceptor, type JsonObject, jsonAnswer, resultOf } from '../../local/calls/call';
import type { Rule } from '../checks/rules';
import {
  at,
  isBy,
  isClaim,
  isPut,
  isRecord,
  isSampled,
  listOf,
  NOTHING_DONE,
  statusIn,
  textOf,
  updateIn,
  withAt,
  withValue,
} from './recognize';

/** A promise that is turned off, to see that the soak notices. */
interface MutationPlan {
  /** The rules that have to be broken; others may be, too. */
  readonly breaks: readonly [Rule, ...Rule[]];
  /** Whether it takes a fault for the promise to matter. */
  readonly needsFaults?: true;
  /** Changes the calls that keep a promise into calls that do not. The code that makes them is the code that is deployed. */
  intercept(): Interceptor;
}

const PLANS = {
  /** Half of all events are accepted and not written. */
  'event-put': {
    breaks: ['every accepted event is stored, once for each key, and no other'],
    intercept: () => async (call, forward) =>
      isPut(call, /^EVT$/) && isSampled(call.parameters.Item) ? NOTHING_DONE : forward(call),
  },
  /** No event gets a second delivery. */
  'delivery-put': {
    breaks: ['every event has all its deliveries, each of them once'],
    intercept: () => async (call, forward) => (isPut(call, /^DLV#0002$/) ? NOTHING_DONE : forward(call)),
  },
  'conditional-delivery-put': {
    breaks: ['no transition in the stream is illegal'],
    needsFaults: true,
    intercept: () => (call, forward) => forward(isDeliveryPut(call) ? call.with(unconditional(call.parameters)) : call),
  },
  'claim-condition': {
    breaks: ['no transition in the stream is illegal'],
    needsFaults: true,
    intercept: () => (call, forward) =>
      forward(isClaim(call) ? call.with({ ...call.parameters, ConditionExpression: ALWAYS }) : call),
  },
  /** While a delivery's first claim holds, it is claimed once more. */
  'exclusive-claim': {
    breaks: ['no two live claims overlap'],
    intercept: () => async (call, forward) => {
      const answer = await forward(call);
      const first = isClaim(call) && at(resultOf(answer), 'Attributes', 'claims', 'N') === '1';
      if (first && isSampled(call.parameters.Key)) {
        const other = withValue(call, ':claim', 'another-worker');
        await forward(other.with({ ...other.parameters, ConditionExpression: ALWAYS }));
      }
      return answer;
    },
  },
  /** The first claim of a delivery is answered as if it were written. */
  'claim-before-request': {
    breaks: ['every request that a receiver saw is a recorded attempt, or its worker ended before it could record it'],
    intercept: () => {
      const seen = new Set<string>();
      return async (call, forward) => {
        const key = JSON.stringify(call.parameters.Key);
        if (!isClaim(call) || seen.has(key) || !isSampled(call.parameters.Key)) return forward(call);
        seen.add(key);
        return claimedOnly(resultOf(await forward(readOf(call))), call);
      };
    },
  },
  'record-before-acknowledge': {
    breaks: [
      'every delivery is delivered, or failed with a dead letter, or was deleted by a call',
      'every claim that was not recorded has a fault that explains it',
    ],
    intercept: () => async (call, forward) => (isRecord(call) ? NOTHING_DONE : forward(call)),
  },
  /** All attempts after the first have the number 1. */
  'attempt-number': {
    breaks: ['no attempt number is used twice'],
    intercept: () => (call, forward) => forward(withPuts(call, isAttempt, (put) => withAt(put, NUMBER, '1'))),
  },
  /** Each attempt is recorded with the answer of the one before it. */
  'answer-of-the-attempt': {
    breaks: ['every answer that is recorded was given by a receiver, once'],
    intercept: () => {
      let before: string | undefined;
      return (call, forward) => {
        const [, detail] = (isRecord(call) && DETAIL.exec(call.body.toString())) || [];
        if (detail === undefined) return forward(call);
        const changed = call.body.toString().replace(detail, before ?? detail);
        before = detail;
        return forward(call.with(JSON.parse(changed)));
      };
    },
  },
  /** What a receiver refused is recorded as delivered. */
  'accepted-before-delivered': {
    breaks: ['what counts as delivered was accepted by its receiver'],
    intercept: () => (call, forward) =>
      forward(isRecord(call) && statusIn(call) === 'retrying' ? withValue(call, ':status', 'delivered') : call),
  },
  /** A new round says that it began for a reason for which no round begins. */
  'reason-of-a-round': {
    breaks: ['every fresh round was asked for'],
    intercept: () => (call, forward) => forward(isRestart(call) ? withValue(call, ':cause', 'requeue') : call),
  },
  /** A worker reads one byte more than was stored. */
  'payload-bytes': {
    breaks: ['receivers see every payload byte for byte, with a signature that verifies'],
    intercept: () => (call, forward) =>
      changeAnswer(call, forward, ['Item', 'body', 'B'], (bytes) =>
        Buffer.concat([Buffer.from(bytes, 'base64'), Buffer.from(' ')]).toString('base64'),
      ),
  },
  /** A worker reads a secret that is not the destination's. */
  'signing-secret': {
    breaks: ['receivers see every payload byte for byte, with a signature that verifies'],
    intercept: () => (call, forward) =>
      changeAnswer(call, forward, ['Item', 'signingSecrets', 'L', '0', 'S'], (secret) =>
        secret.replace(/^whsec_.{8}/, OTHER),
      ),
  },
  /** What is enqueued with a delay is enqueued a second time, and far later. */
  'one-message-an-attempt': {
    breaks: ['no live message is left in a queue, and nothing was set aside'],
    intercept: () => async (call, forward) => {
      const delayed =
        isBy(call, 'deliver') && call.operation === 'SendMessage' && Number(call.parameters.DelaySeconds) > 0;
      if (delayed) await forward(call.with({ ...call.parameters, DelaySeconds: 900 }));
      return forward(call);
    },
  },
  'aggregate-marker': {
    breaks: ['statistics, totals, dead-letter list and queue agree'],
    needsFaults: true,
    intercept: () => (call, forward) => forward(withPuts(call, isMarker, unconditional)),
  },
  /** A worker does not know who has accepted before. */
  'accepted-targets': {
    breaks: ['each of several targets is sent what it has not accepted, and a delivery ends by how many have'],
    intercept: () => hiding('deliver', 'accepted'),
  },
  /** Routing does not know that connections have schemas. */
  'schema-of-a-connection': {
    breaks: ['what a schema refuses is recorded as refused and never sent, and nothing else is refused'],
    intercept: () => hiding('route', 'schema'),
  },
  /** A worker does not know that destinations have limits, so that nothing waits for its turn. */
  'turn-before-request': {
    breaks: [
      'a receiver with a rate limit has never seen more requests than turns were due, and these keep their distance',
    ],
    intercept: () => hiding('deliver', 'rateLimit'),
  },
  /** The sweep does not find what it had planned. */
  'plan-of-a-recovery': {
    breaks: ['every recovery ends, counts what it has replayed, and leaves nothing out unless it was cancelled'],
    intercept: () => hiding('sweep', 'plan'),
  },
  /** The API reads all deliveries of an event but the last. */
  'every-delivery-of-an-event': {
    breaks: ['every event is listed once, with the status that its deliveries give it'],
    intercept: () => async (call, forward) => {
      const answer = await forward(call);
      if (!isBy(call, 'api') || call.operation !== 'Query') return answer;
      const items = listOf(resultOf(answer).Items);
      const last = items.findLast((item) => isDelivery(item));
      return jsonAnswer(answer.status, { ...resultOf(answer), Items: items.filter((item) => item !== last) });
    },
  },
  /** Of several messages that routing sends at once, the last one never gets into the queue. */
  'message-for-each-delivery': {
    breaks: ['the sweep mends only deliveries whose message was lost'],
    intercept: () => (call, forward) => forward(withoutLastMessage(call)),
  },
  /** Deaths are left to the sweep. */
  'record-of-a-death': {
    breaks: ['without faults the sweep repairs nothing'],
    intercept: () => async (call, forward) =>
      isBy(call, 'deliver') && isRecord(call) && statusIn(call) === 'failed' ? NOTHING_DONE : forward(call),
  },
} as const satisfies Record<string, MutationPlan>;

export type Mutation = keyof typeof PLANS;

export const MUTATIONS: Readonly<Record<Mutation, MutationPlan>> = PLANS;

/** Holds for every delivery, and names every value of the claim's own condition, as DynamoDB demands. */
const ALWAYS = 'attribute_exists(pk) AND (made = :before OR made <> :before OR #status IN (:pending, :retrying))';

const NUMBER = ['Item', 'number', 'N'];
const DETAIL = /"detail":\{"B":"([^"]+)"/;
/** The beginning of a secret, in Base64. */
const OTHER = 'whsec_AAAAAAAA';

const isDeliveryPut = (call: Call): boolean => isPut(call, /^DLV#[0-9a-f]{4}$/);

/** Whether a call starts a new round of a delivery. */
const isRestart = (call: Call): boolean =>
  textOf(at(updateIn(call), 'UpdateExpression')).includes('#cause = :cause, #roundStart');

const isAttempt = (put: unknown): boolean => textOf(at(put, 'Item', 'sk', 'S')).includes('#ATT#');

const isMarker = (put: unknown): boolean => textOf(at(put, 'Item', 'pk', 'S')).startsWith('COUNTED#');

/** The call with some puts of its transaction changed. */
function withPuts(call: Call, which: (put: unknown) => boolean, change: (put: JsonObject) => JsonObject): Call {
  if (call.operation !== 'TransactWriteItems') return call;
  const TransactItems = listOf(call.parameters.TransactItems).map((item) => {
    const { Put } = Object(item);
    return which(Put) ? { Put: change(Put) } : item;
  });
  return call.with({ ...call.parameters, TransactItems });
}

function unconditional({ ConditionExpression, ReturnValuesOnConditionCheckFailure, ...rest }: JsonObject): JsonObject {
  return rest;
}

/** Whether an item is a whole delivery; entries of indexes are keys only. */
const isDelivery = (item: unknown): boolean =>
  /^DLV#[0-9a-f]{4}$/.test(textOf(at(item, 'sk', 'S'))) && textOf(at(item, 'status', 'S')) !== '';

function withoutLastMessage(call: Call): Call {
  const entries = listOf(call.parameters.Entries);
  if (call.operation !== 'SendMessageBatch' || entries.length < 2) return call;
  return call.with({ ...call.parameters, Entries: entries.slice(0, -1) });
}

/** A function reads items as if they did not have an attribute. */
const hiding =
  (functionName: string, attribute: string): Interceptor =>
  async (call, forward) => {
    const answer = await forward(call);
    if (call.service !== 'dynamodb' || !isBy(call, functionName)) return answer;
    const hide = (name: string, value: unknown) => (name === attribute ? undefined : value);
    return jsonAnswer(answer.status, JSON.parse(answer.body.toString(), hide));
  };

/** Changes a text in what `deliver` reads of a single item. */
async function changeAnswer(
  call: Call,
  forward: Parameters<Interceptor>[1],
  path: readonly string[],
  change: (text: string) => string,
): Promise<Answer> {
  const answer = await forward(call);
  const result = resultOf(answer);
  const found = textOf(at(result, ...path));
  if (call.operation !== 'GetItem' || !isBy(call, 'deliver') || found === '') return answer;
  return jsonAnswer(answer.status, replaced(result, path, change(found)));
}

/** Lists are replaced in text, which is simpler than in their places. */
const replaced = (result: JsonObject, path: readonly string[], text: string): JsonObject =>
  JSON.parse(JSON.stringify(result).replace(textOf(at(result, ...path)), text));

/** The call that reads the item of an update. */
function readOf(call: Call): Call {
  const { TableName, Key } = call.parameters;
  const headers = { ...call.headers, 'x-amz-target': 'DynamoDB_20120810.GetItem' };
  const body = Buffer.from(JSON.stringify({ TableName, Key, ConsistentRead: true }));
  return new Call({ ...call, operation: 'GetItem', headers, body });
}

/** The answer to a claim that was not written. */
function claimedOnly({ Item }: JsonObject, { parameters }: Call): Answer {
  const values = Object(parameters.ExpressionAttributeValues);
  const claim = { status: { S: 'sent' }, claimId: values[':claim'], claimUntil: values[':until'] };
  return jsonAnswer(200, { Attributes: { ...Object(Item), ...claim, claims: { N: '1' } } });
}
