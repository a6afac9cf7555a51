import type { DurableQueue } from './durable-queue';
import type { DurableStore } from './durable-store';
import type { FauxqsReceived } from './fauxqs';

/**
 * Waits until the queue has a visible message, like a long poll.
 *
 * @param abandoned aborts when nobody is waiting any more
 * @returns false if the time is over or nobody is waiting any more
 */
export async function waitForVisible(
  store: DurableStore,
  queue: DurableQueue,
  waitMs: number,
  abandoned: () => boolean,
): Promise<boolean> {
  const deadline = Date.now() + waitMs;
  while (!abandoned()) {
    queue.settle((arn) => store.getQueueByArn(arn));
    if (queue.messages.length > 0) return true;
    const rest = deadline - Date.now();
    if (rest <= 0) return false;
    await queue.waitForMessages(rest / 1000);
  }
  return false;
}

/** Receives for one of the stack's own pollers, whose hold on a message ends when this process does. */
export const receiveHere = (store: DurableStore, queue: DurableQueue, limit: number): FauxqsReceived[] =>
  queue.receive(limit, undefined, (arn) => store.getQueueByArn(arn), true);
