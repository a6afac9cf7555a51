import { setTimeout as sleep } from 'node:timers/promises';
import type { Site } from './chaos/site';
import type { Sweeper } from './chaos/sweeping';
import { isSettled, readStanding, type Standing } from './evidence/standing';

export interface SettlePorts {
  readonly site: Site;
  readonly sweeper: Sweeper;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly options: { readonly progress: (line: string) => void };
}

const LOOK_MS = 1_000;

/** Looks in a row that find nothing left to do: whatever is between two stores at the moment shows up in one of them. */
const QUIET_LOOKS = 3;

/**
 * What does not change for so long does not go on by itself. With messages in the queue that is longer than the longest pause
 * that `deliver` asks for (a minute, after a failure of its own on a last receive); without any it is longer than a stream
 * waits before it repeats a batch.
 */
const STUCK_MS = { waiting: 70_000, empty: 12_000 };

/** Of the default settings, which the soak leaves as they are. */
const [SHARDS, RETENTION_DAYS] = [4, 30];

/**
 * Waits until every delivery has come to its end and nothing is on its way any more. What does not go on by itself is given
 * to the sweep of two hours later; what does not end after that is for the checks to tell.
 */
export async function settle({ site, sweeper, deadline, options }: SettlePorts): Promise<void> {
  let quiet = 0;
  let last = '';
  let changedAt = Date.now();
  let sweptLater = false;
  while (quiet < QUIET_LOOKS && Date.now() < deadline) {
    await sleep(LOOK_MS);
    const standing = await readStanding(site.stack);
    quiet = isSettled(standing) ? quiet + 1 : 0;
    const line = lineOf(standing);
    if (line !== last) {
      options.progress(line);
      changedAt = Date.now();
    }
    last = line;
    if (quiet > 0 || Date.now() - changedAt < STUCK_MS[standing.waiting > 0 ? 'waiting' : 'empty']) continue;
    if (sweptLater) return;
    options.progress('nothing goes on by itself: a sweep of two hours later');
    await sweeper.sweepLater(site.stack, SHARDS, RETENTION_DAYS);
    sweptLater = true;
    changedAt = Date.now();
  }
}

const lineOf = ({ events, unrouted, delivered, failed, open, waiting, recoveries }: Standing): string =>
  `${events} events (${unrouted} not routed), ${delivered} delivered, ${failed} failed, ${open} open, ` +
  `${waiting} messages waiting, ${recoveries} recoveries open`;
