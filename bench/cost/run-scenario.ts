import type { Reading } from '../meters/meter';
import type { Api } from '../support/api';
import type { Receiver } from '../support/receiver';
import { connect } from '../support/routes';
import { quiet, type Stage, until } from '../support/stage';
import { callsOf, type Scenario } from './scenarios';

/** What warm functions remember is nothing beside so many destinations. */
const WARMED = 10;

/** With a thousand destinations the emulator takes a minute and more. */
const PATIENCE_MS = 240_000;

const STAGES = ['route', 'deliver', 'aggregate'] as const;

/**
 * Runs a scenario on warm functions and reads the meter. Each stage begins when the one before has ended, so that batches
 * are as full as they are in a busy stack, whatever the speed of this machine.
 */
export async function runScenario(stage: Stage, scenario: Scenario): Promise<Reading> {
  const api = await stage.tenant();
  const receiver = await stage.receiver(scenario.receiver);
  await connect(api, receiver.url, scenario.destinations, scenario.destination);
  if (scenario.destinations <= WARMED) await warm(stage, api, receiver, scenario);
  stage.meter.reset();
  receiver.arrivals.length = 0;
  await (scenario.alone ? oneAfterAnother(stage, api, receiver, scenario) : inStages(stage, api, receiver, scenario));
  return stage.meter.read();
}

/** The first event pays for what warm functions remember: the key, the destinations. */
async function warm(stage: Stage, api: Api, receiver: Receiver, scenario: Scenario): Promise<void> {
  const [publish] = callsOf({ ...scenario, events: 1, way: 'one by one' });
  await publish?.(api);
  await arrived(receiver, scenario.destinations * scenario.attempts);
  await quiet(stage);
}

const arrived = (receiver: Receiver, count: number): Promise<void> =>
  until(`${count} requests`, () => receiver.arrivals.length >= count, PATIENCE_MS);

async function inStages({ stack, meter }: Stage, api: Api, receiver: Receiver, scenario: Scenario): Promise<void> {
  for (const name of STAGES) stack.pauseMapping(name);
  await publishAll(api, scenario);
  stack.resumeMapping('route');
  await until('all events to be routed', () => meter.recordsOf('route') >= scenario.events);
  stack.resumeMapping('deliver');
  const deliveries = scenario.events * scenario.destinations;
  await arrived(receiver, deliveries * scenario.attempts);
  await quiet({ meter }, 1000);
  stack.resumeMapping('aggregate');
  // Each event comes in, each delivery begins and ends; what happens in between is more.
  const changes = scenario.events + 2 * deliveries;
  await until('all changes to be counted', () => meter.recordsOf('aggregate') >= changes, PATIENCE_MS);
  await quiet({ meter });
}

/** One call after another: functions that compete for the processors of this machine would tell nothing about AWS. */
async function publishAll(api: Api, scenario: Scenario): Promise<void> {
  for (const call of callsOf(scenario)) await call(api);
}

async function oneAfterAnother(stage: Stage, api: Api, receiver: Receiver, scenario: Scenario): Promise<void> {
  const each = 1 + 2 * scenario.destinations;
  for (const [index, call] of callsOf(scenario).entries()) {
    await call(api);
    await arrived(receiver, (index + 1) * scenario.destinations * scenario.attempts);
    await until('all changes to be counted', () => stage.meter.recordsOf('aggregate') >= (index + 1) * each);
  }
}
