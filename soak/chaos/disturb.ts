import { setTimeout as sleep } from 'node:timers/promises';
import type { Interceptor } from '../../local/calls/call';
import { Random } from '../../local/faults/random';
import { PACE } from '../settings';
import type { FaultLog } from './fault-log';
import type { Site } from './site';

export interface DisturbPorts {
  readonly seed: number;
  readonly log: FaultLog;
  /** Whether faults happen at the moment. */
  active(): boolean;
  /** The site, once it runs. */
  site(): Site | undefined;
}

/** Which function's worker is killed, in shares. */
const VICTIMS = { deliver: 8, route: 4, aggregate: 4, sweep: 2, ingest: 2, api: 1, manage: 1 } as const;

/**
 * Counts the calls that functions make and does something every so many of them: a machine that has little time for the
 * stack must not meet more faults for each delivery than a fast one.
 */
export function everySoManyCalls(
  { active }: DisturbPorts,
  random: Random,
  [least, most]: readonly [number, number],
  act: () => Promise<void>,
): Interceptor {
  let left = random.between(least, most);
  return (call, forward) => {
    if (active() && call.caller.kind === 'function') left -= 1;
    if (left <= 0) {
      left = random.between(least, most);
      void act();
    }
    return forward(call);
  };
}

/** Kills workers at random moments, whatever they are doing. */
export function killWorkers(ports: DisturbPorts): Interceptor {
  const random = new Random(ports.seed, 'kills');
  return everySoManyCalls(ports, random, PACE.callsBetweenKills, async () => {
    const name = random.weighted(VICTIMS);
    await sleep(random.between(0, PACE.longestKillDelay));
    const stack = ports.site()?.stack;
    const worker = random.pickAny(stack?.busyWorkers(name) ?? []);
    if (worker === undefined || !ports.active()) return;
    ports.log.note('worker killed at a random moment', name);
    await stack?.killWorker(name, worker);
  });
}

/** Lets queues and streams start nothing for a while, one function at a time. */
export function pauseComponents(ports: DisturbPorts): Interceptor {
  const random = new Random(ports.seed, 'pauses');
  return everySoManyCalls(ports, random, PACE.callsBetweenPauses, async () => {
    const name = random.pick(['route', 'deliver', 'aggregate']);
    const ms = random.between(...PACE.pauseFor);
    ports.log.note('component paused', `${name} for ${ms} ms`);
    const stack = ports.site()?.stack;
    stack?.pauseMapping(name);
    await sleep(ms);
    stack?.resumeMapping(name);
  });
}
