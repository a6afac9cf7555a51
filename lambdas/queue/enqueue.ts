import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeliveryMessage } from '../domain/message';
import { chunks } from '../runtime/pools';
import { encodeMessage, newToken } from './message';

/** SQS delays a message by 15 minutes at most. */
export const MAX_SQS_DELAY_SECONDS = 900;

/** A send takes at most ten messages. */
const BATCH_SIZE = 10;

/** An attempt that is due. It becomes a message when it is sent and gets a token. */
export type DueAttempt = Omit<DeliveryMessage, 'token'>;

export interface DeliveryQueue {
  readonly sqs: SQSClient;
  readonly url: string;
}

/** The parts of a message that are the same for SQS and for a schedule that calls SQS. */
export function messageParameters(due: DueAttempt, token = newToken()) {
  const MessageBody = encodeMessage({ ...due, token });
  return { MessageBody, MessageGroupId: due.destination };
}

/** Enqueues one attempt, due after `delaySeconds` (0 to 900). */
export async function enqueue({ sqs, url }: DeliveryQueue, due: DueAttempt, delaySeconds = 0): Promise<void> {
  const delay = delaySeconds > 0 ? { DelaySeconds: delaySeconds } : {};
  await sqs.send(new SendMessageCommand({ QueueUrl: url, ...messageParameters(due), ...delay }));
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
      const Entries = chunk.map((one, index) => ({ Id: String(index), ...messageParameters(one) }));
      try {
        const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
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
