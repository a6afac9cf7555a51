import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../local/faults/random';
import type { Soak } from './parts';
import { ROLES } from './receivers/roles';
import { PACE } from './settings';
import { planCalls } from './workload/payloads';

/** Publishes everything, while an operator acts on what is there and faults happen, and lets that go on for a while. */
export async function publishAndDisturb(run: Soak): Promise<void> {
  const { options, faults, operator } = run;
  let working = true;
  faults.active = options.faults;
  const pace = new Random(options.seed, 'pace of the operator');
  const operating = (async () => {
    while (working) {
      await sleep(pace.between(...PACE.actEvery));
      await operator.act();
    }
  })();
  await publishAll(run);
  options.progress('all is published; everything goes on to go wrong for a while');
  await aftermath(run);
  working = false;
  await operating;
}

async function aftermath({ options, operator }: Soak): Promise<void> {
  const from = Date.now();
  const enough = () =>
    Date.now() - from >= PACE.aftermath && operator.actions.length >= options.events * PACE.callsForEachEvent;
  while (!enough() && Date.now() - from < PACE.longestAftermath) await sleep(100);
}

async function publishAll(run: Soak): Promise<void> {
  const { events, seed } = run.options;
  const calls = planCalls(events, seed);
  const milestones = milestonesOf(run);
  let published = 0;
  const publishers = Array.from({ length: PACE.publishers }, async (_, n) => {
    const random = new Random(seed, `publisher ${n}`);
    for (let call = calls.shift(); call !== undefined; call = calls.shift()) {
      const ready = Date.now() + (1000 * call.length * PACE.publishers) / PACE.eventsPerSecond;
      await run.publisher.publish(call, random, () => Date.now() > run.deadline);
      published += call.length;
      while (milestones[0] !== undefined && milestones[0].at <= published) await milestones.shift()?.reach();
      await sleep(Math.max(0, ready - Date.now()));
      await untilFewUnderWay(run, () => published);
    }
  });
  await Promise.all(publishers);
}

/** Publishers wait for a pipeline that is behind, though not for ever: it may be paused, or wait for a claim to expire. */
async function untilFewUnderWay({ receivers }: Soak, published: () => number): Promise<void> {
  const [{ name }] = ROLES;
  const until = Date.now() + PACE.longestWait;
  while (published() - receivers.eventsAt(name) > PACE.mostUnderWay && Date.now() < until) await sleep(100);
}

interface Milestone {
  /** Events that have been published. */
  readonly at: number;
  reach(): Promise<void>;
}

/** What happens once in a run: restarts of the whole stack, the deletion of destinations, the removal of schemas. */
function milestonesOf({ options, operator, site, log }: Soak): Milestone[] {
  const { events, faults, progress, seed } = options;
  const random = new Random(seed, 'milestones');
  const restart = async () => {
    progress('restarting the stack');
    log.note('stack restarted', 'everything was killed');
    await site.restart();
    log.note('stack restarted', 'it runs again');
  };
  const restarts = Array.from({ length: faults ? PACE.restarts : 0 }, () => {
    return { at: random.between(Math.ceil(events / 5), events), reach: restart };
  });
  const half = Math.floor(events / 2);
  const deletion = { at: half, reach: () => operator.deleteDestinations() };
  const removal = { at: half, reach: () => operator.removeSchemas() };
  return [...restarts, deletion, removal].sort((one, other) => one.at - other.at);
}
