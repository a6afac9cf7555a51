import type { DurableQueue } from './durable-queue';
import type { DurableStore } from './durable-store';
import type { FauxqsReceived } from './fauxqs';

/**
 * Waits until the queue has a message that can be received, as a long poll does.
 *
 * @param abandoned says that nobody waits any more
 * @returns false when the time is over or nobody waits any more
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
