import { type DeadMessage, readDeadMessage } from '../../domain/dead-message';
import type { DeliveryMessage } from '../../domain/message';
import { decodeMessage, UnreadableMessageError } from '../../queue/message';
import { type Delivery, parseDelivery } from '../../store/deliveries/delivery-items';
import type { RecordSettings } from '../../store/deliveries/outcomes';
import { enqueueAgain } from '../../store/deliveries/transitions';
import { deliveryKey } from '../../store/table/addresses';
import { getAll } from '../../store/table/batch-get';
import type { Table } from '../../store/table/table';
import {
  countMessages,
  type DeadLetterQueue,
  type HeldMessage,
  releaseMessages,
  removeMessages,
  takeBatch,
} from './dead-letter-queue';
import { recordDeath } from './record-death';

/** What was found in the dead-letter queue and what was done: numbers of messages. */
export interface Tidied {
  readonly seen: number;
  /** Removed, because their dead letters were closed. */
  readonly removed: number;
  /** Their deliveries had no record: the death was recorded, or the lost retry was enqueued. */
  readonly repaired: number;
  /** A worker may still be busy with their deliveries: a later run decides. */
  readonly unsettled: number;
  /** Not written by Posthorn, or not moved there by SQS: left alone. */
  readonly foreign: number;
}

export interface TidySettings extends RecordSettings {
  /** How many messages a run looks at. */
  readonly limit: number;
  /** A run receives nothing after this long. */
  readonly timeLimitMs: number;
}

/** What the tidying needs from outside. */
export interface TidyPorts {
  readonly table: Table;
  readonly queue: DeadLetterQueue;
  readonly settings: TidySettings;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Reports every message that is left alone because it is not Posthorn's. */
  reportForeign(messageId: string, why: string): void;
}

/** A run ends after this many batches in a row without a new message. */
const FAMILIAR_BATCHES = 3;

/**
 * Compares the dead-letter queue with the open dead letters and makes them the same set. A batch of ten is held only
 * while it is checked, so that a running redrive finds nearly everything. A fair queue hands the largest group out last,
 * and would go on to hand out what was released: what comes a second time is held until the run ends. It ends when the
 * queue has nothing more than what was released.
 *
 * @param depth how many messages there are, approximately, if that is known
 */
export async function tidyDeadLetters(ports: TidyPorts, depth?: number): Promise<Tidied> {
  const { queue, settings } = ports;
  const deadline = ports.now() + settings.timeLimitMs;
  const seen = new Set<string>();
  const kept: HeldMessage[] = [];
  const counts = { removed: 0, repaired: 0, unsettled: 0, foreign: 0 };
  const released = () => seen.size - counts.removed - kept.length;
  let familiar = (depth ?? (await countMessages(queue))) > 0 ? 0 : FAMILIAR_BATCHES;
  try {
    while (familiar < FAMILIAR_BATCHES && seen.size < settings.limit && ports.now() < deadline) {
      const held = await takeBatch(queue);
      const fresh = held.filter(({ messageId }) => !seen.has(messageId));
      kept.push(...held.filter((message) => !fresh.includes(message)));
      for (const { messageId } of fresh) seen.add(messageId);
      if (fresh.length > 0) familiar = 0;
      else if (held.length === 0 || (await countMessages(queue)) <= released()) familiar += 1;
      const done = await tidyBatch(ports, fresh);
      for (const word of ['removed', 'repaired', 'unsettled', 'foreign'] as const) counts[word] += done[word];
    }
  } finally {
    await releaseMessages(queue, kept);
  }
  return { seen: seen.size, ...counts };
}

type Verdict = 'keep' | 'remove' | 'repaired' | 'repaired, remove' | 'unsettled' | 'foreign';

async function tidyBatch(ports: TidyPorts, fresh: readonly HeldMessage[]) {
  const stale: HeldMessage[] = [];
  const verdicts: Verdict[] = [];
  try {
    const deliveries = await readDeliveries(ports.table, fresh);
    for (const message of fresh) {
      const verdict = await judge(ports, message, deliveries);
      verdicts.push(verdict);
      if (verdict.endsWith('remove')) stale.push(message);
    }
  } finally {
    await releaseMessages(
      ports.queue,
      fresh.filter((message) => !stale.includes(message)),
    );
  }
  await removeMessages(ports.queue, stale);
  const count = (word: string) => verdicts.filter((verdict) => verdict.startsWith(word)).length;
  return {
    removed: stale.length,
    repaired: count('repaired'),
    unsettled: count('unsettled'),
    foreign: count('foreign'),
  };
}

type Deliveries = ReadonlyMap<string, Delivery>;

const nameOf = ({ base, ordinal }: Pick<Delivery, 'base' | 'ordinal'>): string => `${base}/${ordinal}`;

async function readDeliveries(table: Table, held: readonly HeldMessage[]): Promise<Deliveries> {
  const messages = held.flatMap(({ body }) => readBody(body) ?? []);
  const keys = new Map(messages.map((one) => [nameOf(one), deliveryKey(one.base, one.ordinal)]));
  const items = await getAll(table, [...keys.values()]);
  return new Map(items.map(parseDelivery).map((delivery) => [nameOf(delivery), delivery]));
}

function readBody(body: string): DeliveryMessage | undefined {
  try {
    return decodeMessage(body);
  } catch (error) {
    if (error instanceof UnreadableMessageError) return undefined;
    throw error;
  }
}

async function judge(ports: TidyPorts, held: HeldMessage, deliveries: Deliveries): Promise<Verdict> {
  const foreign = (why: string): Verdict => {
    ports.reportForeign(held.messageId, why);
    return 'foreign';
  };
  const message = readBody(held.body);
  if (!message) return foreign('its body cannot be read');
  // It was sent here directly, so there is no source queue that a redrive could move it to.
  if (!held.moved) return foreign('it was not moved here by SQS');
  const delivery = deliveries.get(nameOf(message));
  const reading = readDeadMessage(delivery, message, ports.now());
  if (reading.kind === 'foreign') return foreign('its delivery has not come to this attempt');
  return follow(ports, reading.kind, { ...message, messageId: held.messageId }, delivery);
}

async function follow(
  ports: TidyPorts,
  reading: Exclude<DeadMessage['kind'], 'foreign'>,
  message: DeliveryMessage & { readonly messageId: string },
  delivery: Delivery | undefined,
): Promise<Verdict> {
  switch (reading) {
    case 'open':
      return 'keep';
    case 'unsettled':
      return 'unsettled';
    case 'stale':
      return 'remove';
    case 'unrecorded':
      return (await recordDeath(ports.table, message, ports.settings, ports.now())) ? 'repaired' : 'unsettled';
    case 'retry-lost': {
      const answer = delivery && (await enqueueAgain(ports.table, delivery, ports.now()));
      return answer?.kind === 'done' ? 'repaired, remove' : 'unsettled';
    }
    default:
      return reading satisfies never;
  }
}
