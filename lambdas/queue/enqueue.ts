import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageBatchCommand, SendMessageCommand, SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import type { DeliveryMessage } from '../domain/message';
import { chunks } from '../runtime/pools';
import { encodeMessage, newToken } from './message';

/** SQS delays a message by 15 minutes at most. */
export const MAX_SQS_DELAY_SECONDS = 900;

/** A send takes at most ten messages. */
const BATCH_SIZE = 10;

/** As many tries as the SDK makes. */
const TRIES = 3;

/** The longest pause before the second try; it doubles before the third. */
const FIRST_PAUSE_MS = 100;

/** An attempt that is due. It becomes a message when it is sent and gets a token. */
export type DueAttempt = Omit<DeliveryMessage, 'token'>;

export interface DeliveryQueue {
  /** Makes one try of each send: {@link openDeliveryQueue}. */
  readonly sqs: SQSClient;
  readonly url: string;
}

/** @param config to share the connections of another client */
export function openDeliveryQueue(url: string, config: SQSClientConfig = {}): DeliveryQueue {
  return { sqs: new SQSClient({ ...config, maxAttempts: 1 }), url };
}

/**
 * Sends again after a failure, with what is new at each try. The SDK would send the same message again: if only the answer
 * to the first one was lost, the second one would look like a redrive of the first.
 *
 * @throws the last error, whatever it is
 */
async function sendAnew<Output>(send: () => Promise<Output>): Promise<Output> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send();
    } catch (error) {
      if (tries === TRIES) throw error;
      await sleep(Math.random() * FIRST_PAUSE_MS * 2 ** (tries - 1));
    }
  }
}

/** The parts of a message that are the same for SQS and for a schedule that calls SQS. */
export function messageParameters(due: DueAttempt, token = newToken()) {
  const MessageBody = encodeMessage({ ...due, token });
  return { MessageBody, MessageGroupId: due.destination };
}

/** Enqueues one attempt, due after `delaySeconds` (0 to 900). */
export async function enqueue({ sqs, url }: DeliveryQueue, due: DueAttempt, delaySeconds = 0): Promise<void> {
  const delay = delaySeconds > 0 ? { DelaySeconds: delaySeconds } : {};
  await sendAnew(() => sqs.send(new SendMessageCommand({ QueueUrl: url, ...messageParameters(due), ...delay })));
}

/**
 * Enqueues an attempt with an SQS delay, or with the longest one if its time is further away. It makes no schedule,
 * because this attempt may already have had one of the same name.
 *
 * @param at milliseconds since the epoch; a time in the past means now
 * @param now milliseconds since the epoch
 */
export async function enqueueSoon(queue: DeliveryQueue, due: DueAttempt, at: number, now: number): Promise<void> {
  const delaySeconds = Math.max(0, Math.ceil((at - now) / 1000));
  await enqueue(queue, due, Math.min(delaySeconds, MAX_SQS_DELAY_SECONDS));
}

/**
 * Enqueues attempts that are due now, ten per request.
 *
 * @returns the ones that were not accepted: SQS refuses entries of a batch one by one, and a failed request refuses all
 * of its ten
 */
export async function enqueueAll<Due extends DueAttempt>(
  { sqs, url }: DeliveryQueue,
  due: readonly Due[],
): Promise<{ readonly refused: readonly Due[]; readonly errors: readonly unknown[] }> {
  const refused: Due[] = [];
  const errors: unknown[] = [];
  await Promise.all(
    chunks(due, BATCH_SIZE).map(async (chunk) => {
      const entries = () => chunk.map((one, index) => ({ Id: String(index), ...messageParameters(one) }));
      try {
        const { Failed = [] } = await sendAnew(() =>
          sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries() })),
        );
        for (const { Id, Code } of Failed) {
          refused.push(...chunk.filter((_, index) => String(index) === Id));
          errors.push(new Error(`SQS refused a message: ${Code}`));
        }
      } catch (error) {
        refused.push(...chunk);
        errors.push(error);
      }
    }),
  );
  return { refused, errors };
}
