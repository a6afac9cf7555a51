import { setTimeout as sleep } from 'node:timers/promises';
import type { Reading } from '../meters/meter';
import type { Api } from '../support/api';
import type { Receiver } from '../support/receiver';
import { connect } from '../support/routes';
import { quiet, type Stage, until } from '../support/stage';
import { type Stored, storedEvents } from '../support/stored';
import { type BatchLimits, type BatchSizes, portions } from './pollers';
import { callsFor, isVast, type Scenario } from './scenarios';

/** How long nothing may happen before a stage has ended whose records are all handled, in milliseconds. */
const REST_MS = 500;

/** With a thousand destinations the emulator takes a minute and more. */
const PATIENCE_MS = 240_000;

const MINUTE_MS = 60_000;

/** Longer than it takes to publish and route what is counted together. */
const PUBLISHED_MS = 5_000;

const STAGES = ['route', 'deliver', 'aggregate'] as const;

/** What was measured of a scenario. */
export interface Measured {
  readonly reading: Reading;
  /** What its events, and all that came of them, take in the table. */
  readonly stored: Stored;
  /** What was sent to receivers and to those who published, in bytes of HTTP. */
  readonly sentBytes: number;
}

/** A scenario that is ready to run. */
export interface Run {
  readonly stage: Stage;
  readonly api: Api;
  readonly receiver: Receiver;
  readonly scenario: Scenario;
}

/** Prepares a scenario: its own tenant, receiver and destinations, and functions that are warm unless these are vastly many. */
export async function prepare(stage: Stage, scenario: Scenario): Promise<Run> {
  const api = await stage.tenant();
  const receiver = await stage.receiver(scenario.receiver);
  await connect(api, receiver.url, scenario.destinations, scenario.destination);
  const run = { stage, api, receiver, scenario };
  if (!isVast(scenario)) await warm(run);
  return run;
}

/**
 * Runs a scenario and reads the meter. What is counted together is published together, and each stage begins when the one
 * before has ended, so that every batch is as full as the model has it, whatever the speed of this machine.
 */
export async function measure(run: Run, sizes: BatchSizes, limits: BatchLimits): Promise<Measured> {
  const { stage, api, receiver, scenario } = run;
  const before = await storedEvents(stage.stack);
  stage.meter.receiverMs = scenario.receiver.delayMs;
  stage.meter.reset();
  receiver.arrivals.length = 0;
  const sentBefore = receiver.receivedBytes + api.answeredBytes;
  await (sizes.countedEvents === 1 && !isVast(scenario) ? oneAfterAnother(run) : inWaves(run, sizes, limits));
  const reading = stage.meter.read();
  const after = await storedEvents(stage.stack);
  return {
    reading,
    stored: { table: after.table - before.table, indexes: after.indexes - before.indexes },
    sentBytes: receiver.receivedBytes + api.answeredBytes - sentBefore,
  };
}

/** The first event pays for what warm functions remember: the key, the destinations. */
async function warm({ stage, api, receiver, scenario }: Run): Promise<void> {
  const counted = stage.meter.recordsOf('aggregate') + changesOf(scenario, 1);
  for (const call of callsFor(1, scenario)) await call(api);
  await arrived(receiver, scenario.destinations * scenario.attempts);
  await until('all changes to be counted', () => stage.meter.recordsOf('aggregate') >= counted);
  await quiet(stage, restAfter(scenario));
}

const arrived = (receiver: Receiver, count: number): Promise<void> =>
  until(`${count} requests`, () => receiver.arrivals.length >= count, PATIENCE_MS);

/** Changes that are counted at least: each event comes in, each delivery begins and ends. What happens in between is more. */
const changesOf = ({ destinations }: Scenario, events: number): number => events * (1 + 2 * destinations);

/** How long to rest after a scenario: as long as usual where records may come that nobody waits for. */
const restAfter = ({ attempts }: Scenario): number | undefined => (attempts === 1 ? REST_MS : undefined);

async function inWaves(run: Run, sizes: BatchSizes, limits: BatchLimits): Promise<void> {
  const { events, attempts } = run.scenario;
  // Retries take their time: with them, all events go through together.
  const next = attempts === 1 ? portions(sizes.countedEvents) : () => events;
  for (let done = 0; done < events; ) {
    const wave = Math.min(next(), events - done);
    if (attempts === 1) limits.expectCounted(changesOf(run.scenario, wave));
    await inStages(run, done, wave);
    done += wave;
  }
}

async function inStages(run: Run, done: number, wave: number): Promise<void> {
  const { stack } = run.stage;
  for (const name of STAGES) stack.pauseMapping(name);
  try {
    await stageAfterStage(run, done, wave);
  } finally {
    // A scenario that stalled in between must not hold up the next one.
    for (const name of STAGES) stack.resumeMapping(name);
  }
}

async function stageAfterStage(
  { stage: { stack, meter }, api, receiver, scenario }: Run,
  done: number,
  wave: number,
): Promise<void> {
  const events = done + wave;
  await notAtTheEndOfAMinute();
  // One call after another: functions that compete for the processors of this machine would tell nothing about AWS.
  for (const call of callsFor(wave, scenario)) await call(api);
  stack.resumeMapping('route');
  await until('all events to be routed', () => meter.recordsOf('route') >= events);
  stack.resumeMapping('deliver');
  const messages = events * scenario.destinations * scenario.attempts;
  await arrived(receiver, messages);
  await until('all messages to be handled', () => meter.recordsOf('deliver') >= messages);
  if (scenario.attempts > 1) await quiet({ meter }, REST_MS);
  stack.resumeMapping('aggregate');
  const changes = changesOf(scenario, events);
  await until('all changes to be counted', () => meter.recordsOf('aggregate') >= changes, PATIENCE_MS);
  if (scenario.attempts > 1 || isVast(scenario)) await quiet({ meter }, restAfter(scenario));
}

/** What is published across the end of a minute counts in the buckets of both, which is rare in batches of two seconds. */
async function notAtTheEndOfAMinute(): Promise<void> {
  const left = MINUTE_MS - (Date.now() % MINUTE_MS);
  if (left < PUBLISHED_MS) await sleep(left);
}

async function oneAfterAnother({ stage, api, receiver, scenario }: Run): Promise<void> {
  for (const [index, call] of callsFor(scenario.events, scenario).entries()) {
    await call(api);
    await arrived(receiver, (index + 1) * scenario.destinations * scenario.attempts);
    const changes = changesOf(scenario, index + 1);
    await until('all changes to be counted', () => stage.meter.recordsOf('aggregate') >= changes);
  }
}
