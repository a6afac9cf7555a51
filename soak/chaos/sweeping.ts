import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { readEnvironments } from '../../lambdas/functions/sweep/environments';
import { certainAfterMs } from '../../lambdas/functions/sweep/guards';
import { repair } from '../../lambdas/functions/sweep/repair';
import { tidyDeadLetters } from '../../lambdas/functions/sweep/tidy-dead-letters';
import { openTable } from '../../lambdas/store/table/table';
import { dynamoDbClient } from '../../local/dynamodb/client';
import { Random } from '../../local/faults/random';
import type { LocalStack } from '../../local/stack';
import { countsOf, sqsClient } from '../evidence/looks';
import { PACE } from '../settings';
import type { Site } from './site';

const swept = z.object({ repairs: z.record(z.string(), z.number()) });

/** After so long an hour is over for half an hour, whenever it began, and what is due is stranded. */
const LATER_MS = 2 * 3_600_000;

const sumOf = (repairs: Readonly<Record<string, number>>): number =>
  Object.values(repairs).reduce((sum, one) => sum + one, 0);

/** The minute's repairs, run more often than once a minute; also while nothing goes wrong any more. */
export class Sweeper {
  /** What only the sweep can repair, and did. */
  repairs = 0;
  private ended = false;
  private readonly loop: Promise<void>;

  constructor(
    private readonly site: Site,
    seed: number,
  ) {
    this.loop = this.run(new Random(seed, 'sweeps'));
  }

  /**
   * Ends with one last sweep: what was closed since the one before is tidied up. A sweep that was killed hides the messages
   * that it held for a while, so the last one waits until it can see all of them.
   */
  async stop(): Promise<void> {
    this.ended = true;
    await this.loop;
    await untilNothingIsHeld(this.site.stack);
    await this.sweep();
  }

  /**
   * Does what a sweep does two hours later, when nobody can be working any more on what is in the dead-letter queue, and
   * no message is late: it records deaths that were left out, and mends deliveries whose message is gone.
   */
  async sweepLater(stack: LocalStack, shards: number, retentionDays: number): Promise<void> {
    const [client, sqs] = [dynamoDbClient(stack.endpoints.dynamodb), sqsClient(stack)];
    const common = { table: openTable(stack.outputs.TableName ?? '', client), now: () => Date.now() + LATER_MS };
    const { repaired } = await tidyDeadLetters({
      ...common,
      queue: { sqs, url: stack.outputs.DeadLetterQueueUrl ?? '' },
      settings: { shards, retentionDays, limit: 1000, timeLimitMs: 30_000 },
      reportForeign: () => {},
    });
    const certain = () => certainAfterMs(sqs, stack.outputs.DeliveryQueueUrl ?? '');
    const ports = { ...common, shards, timeLimitMs: 30_000, certainAfterMs: certain };
    const { oldestSeconds, ...repairs } = await repair(ports, await readEnvironments(common.table));
    this.repairs += repaired + sumOf(repairs);
    client.destroy();
    sqs.destroy();
  }

  private async run(random: Random): Promise<void> {
    while (!this.ended) {
      await this.sweep();
      await sleep(random.between(...PACE.sweepEvery));
    }
  }

  private async sweep(): Promise<void> {
    try {
      const { repairs } = swept.parse(await this.site.stack.invoke('sweep', {}));
      this.repairs += sumOf(repairs);
    } catch {
      // Its worker was killed, a call of it failed, or the stack is being restarted: the next one does it.
    }
  }
}

/** Longer than a sweep holds a message. */
const LONGEST_HOLD_MS = 60_000;

async function untilNothingIsHeld(stack: LocalStack): Promise<void> {
  const sqs = sqsClient(stack);
  const until = Date.now() + LONGEST_HOLD_MS;
  const held = async () => (await countsOf(sqs, stack.outputs.DeadLetterQueueUrl ?? '')).inFlight;
  while ((await held()) > 0 && Date.now() < until) await sleep(500);
  sqs.destroy();
}
