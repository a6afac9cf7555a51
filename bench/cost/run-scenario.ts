import type { Reading } from '../meters/meter';
import type { Api } from '../support/api';
import type { Receiver } from '../support/receiver';
import { connect } from '../support/routes';
import { quiet, type Stage, until } from '../support/stage';
import { callsOf, isVast, type Scenario } from './scenarios';

/** How long nothing may happen before a stage has ended whose records are all handled, in milliseconds. */
const REST_MS = 500;

/** With a thousand destinations the emulator takes a minute and more. */
const PATIENCE_MS = 240_000;

const STAGES = ['route', 'deliver', 'aggregate'] as const;

/**
 * Runs a scenario and reads the meter; functions are warm, unless there are vastly many destinations. Each stage begins when
 * the one before has ended, so that batches are as full as they are in a busy stack, whatever the speed of this machine.
 */
export async function runScenario(stage: Stage, scenario: Scenario): Promise<Reading> {
  const api = await stage.tenant();
  const receiver = await stage.receiver(scenario.receiver);
  await connect(api, receiver.url, scenario.destinations, scenario.destination);
  if (!isVast(scenario)) await warm(stage, api, receiver, scenario);
  stage.meter.reset();
  receiver.arrivals.length = 0;
  await (scenario.alone ? oneAfterAnother(stage, api, receiver, scenario) : inStages(stage, api, receiver, scenario));
  return stage.meter.read();
}

/** The first event pays for what warm functions remember: the key, the destinations. */
async function warm(stage: Stage, api: Api, receiver: Receiver, scenario: Scenario): Promise<void> {
  const [publish] = callsOf({ ...scenario, events: 1, way: 'one by one' });
  const counted = stage.meter.recordsOf('aggregate') + changesOf({ ...scenario, events: 1 });
  await publish?.(api);
  await arrived(receiver, scenario.destinations * scenario.attempts);
  await until('all changes to be counted', () => stage.meter.recordsOf('aggregate') >= counted);
  await quiet(stage, restAfter(scenario));
}

const arrived = (receiver: Receiver, count: number): Promise<void> =>
  until(`${count} requests`, () => receiver.arrivals.length >= count, PATIENCE_MS);

async function inStages(stage: Stage, api: Api, receiver: Receiver, scenario: Scenario): Promise<void> {
  for (const name of STAGES) stage.stack.pauseMapping(name);
  try {
    await stageAfterStage(stage, api, receiver, scenario);
  } finally {
    // A scenario that stalled in between must not hold up the next one.
    for (const name of STAGES) stage.stack.resumeMapping(name);
  }
}

async function stageAfterStage(
  { stack, meter }: Stage,
  api: Api,
  receiver: Receiver,
  scenario: Scenario,
): Promise<void> {
  await publishAll(api, scenario);
  stack.resumeMapping('route');
  await until('all events to be routed', () => meter.recordsOf('route') >= scenario.events);
  stack.resumeMapping('deliver');
  await arrived(receiver, scenario.events * scenario.destinations * scenario.attempts);
  await quiet({ meter }, REST_MS);
  stack.resumeMapping('aggregate');
  const changes = changesOf(scenario);
  await until('all changes to be counted', () => meter.recordsOf('aggregate') >= changes, PATIENCE_MS);
  await quiet({ meter }, restAfter(scenario));
}

/** Changes that are counted at least: each event comes in, each delivery begins and ends. What happens in between is more. */
const changesOf = ({ events, destinations }: Scenario): number => events * (1 + 2 * destinations);

/** How long to rest after a scenario: as long as usual where records may come that nobody waits for. */
const restAfter = ({ attempts }: Scenario): number | undefined => (attempts === 1 ? REST_MS : undefined);

/** One call after another: functions that compete for the processors of this machine would tell nothing about AWS. */
async function publishAll(api: Api, scenario: Scenario): Promise<void> {
  for (const call of callsOf(scenario)) await call(api);
}

async function oneAfterAnother(stage: Stage, api: Api, receiver: Receiver, scenario: Scenario): Promise<void> {
  for (const [index, call] of callsOf(scenario).entries()) {
    await call(api);
    await arrived(receiver, (index + 1) * scenario.destinations * scenario.attempts);
    const changes = changesOf({ ...scenario, events: index + 1 });
    await until('all changes to be counted', () => stage.meter.recordsOf('aggregate') >= changes);
  }
}
