import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, Delivery } from './api';
import type { Progress, Standing } from './progress';
import { readDeliveries } from './read-back';

const PAUSE_MS = 300;

/** No delivery of the demo takes longer; whoever waits longer waits in vain. */
const PATIENCE_MS = 45_000;

const LARGEST_PAGE = 100;

/**
 * Waits until every expected delivery has come to its end, and SQS has moved the messages of the failed ones.
 *
 * @returns whether they have; false after {@link PATIENCE_MS}
 */
export async function settle(
  api: Api,
  expected: number,
  deadLetterDepth: () => Promise<number>,
  progress: Progress,
): Promise<boolean> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const standing = standingOf(await readDeliveries(api, LARGEST_PAGE), expected, await deadLetterDepth());
    progress.show(standing);
    if (isSettled(standing)) return true;
    await sleep(PAUSE_MS);
  }
  return false;
}

function standingOf(deliveries: readonly Delivery[], expected: number, dead: number): Standing {
  const count = (status: string) => deliveries.filter((one) => one.status === status).length;
  return { expected, delivered: count('delivered'), retrying: count('retrying'), failed: count('failed'), dead };
}

const isSettled = ({ expected, delivered, failed, dead }: Standing): boolean =>
  delivered + failed >= expected && dead >= failed;
