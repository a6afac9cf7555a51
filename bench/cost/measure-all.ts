import { setTimeout as sleep } from 'node:timers/promises';
import { Teardown } from '../../local/teardown';
import { accessLogBytes } from '../meters/billed';
import { accessLogFormatOf, alarmMetricsOf, mappingsOf, retentionOf } from '../meters/facts';
import { PRICES } from '../prices/prices';
import type { Bench } from '../support/run';
import { openStage, quiet, type Stage, StalledError } from '../support/stage';
import { overruns } from './budgets';
import { type Idle, idleMonth } from './idle';
import { BatchLimits, batchSizes } from './pollers';
import { functionTable } from './report';
import { type Result, resultOf } from './result';
import { measure, prepare, type Run } from './run-scenario';
import { CONTEXT, isForgotten, loadOf, type Scenario, WARM_UP } from './scenarios';

/** How many runs of the sweep are measured. */
const SWEEPS = 5;

/** Longer than functions remember anything: a lease of calls is what they keep longest. */
const FORGOTTEN_MS = 31_000;

/** How often a scenario is measured that is a single event. */
const SAMPLES = 3;

/** A stack in which nothing happens. */
export interface Idling {
  readonly month: Idle;
  /** The metrics that it writes. */
  readonly metrics: readonly string[];
}

/** Measures scenarios one after another on a stack that is gone afterwards. */
export async function measureAll(bench: Bench, scenarios: readonly Scenario[]): Promise<readonly Result[]> {
  return withBatches(bench, async (batches) => batches.measureEach(scenarios));
}

/** Measures scenarios as {@link measureAll} does, on a stack that was warmed up and measured while nothing happened. */
export async function measureWarm(
  bench: Bench,
  scenarios: readonly Scenario[],
): Promise<{ readonly results: readonly Result[]; readonly idle: Idling }> {
  return withBatches(bench, async (batches) => {
    await batches.run(await batches.prepare(WARM_UP));
    const idle = await batches.measureIdle();
    return { idle, results: await batches.measureEach(scenarios) };
  });
}

async function withBatches<Found>(bench: Bench, work: (batches: Batches) => Promise<Found>): Promise<Found> {
  const teardown = new Teardown();
  bench.teardown.add(() => teardown.run());
  const limits: { current?: BatchLimits } = {};
  const stage = await openStage(CONTEXT, teardown, {
    // One shard has the records of all: it is the model that says how many come together.
    streamShards: 1,
    batchLimit: (name) => limits.current?.of(name) ?? Number.POSITIVE_INFINITY,
  });
  const found = await work(new Batches(bench, stage, limits));
  await teardown.run();
  return found;
}

/** Measures on one stack, whose batches are as full as the model has them. */
class Batches {
  constructor(
    private readonly bench: Bench,
    private readonly stage: Stage,
    private readonly limits: { current?: BatchLimits },
  ) {}

  async measureIdle(): Promise<Idling> {
    const { meter, stack, assembly } = this.stage;
    await quiet(this.stage);
    meter.reset();
    for (let done = 0; done < SWEEPS; done += 1) await stack.invoke('sweep', { source: 'aws.scheduler' });
    const reading = meter.read();
    return { month: idleMonth(alarmMetricsOf(assembly), reading, SWEEPS, PRICES), metrics: reading.metrics };
  }

  /** What is seldom is measured between the others, so that nobody waits until it is forgotten. */
  async measureEach(scenarios: readonly Scenario[]): Promise<readonly Result[]> {
    const results: Result[] = [];
    const seldom = await Promise.all(scenarios.filter(isForgotten).map((one) => this.sampled(one)));
    for (const scenario of scenarios.filter((one) => !isForgotten(one))) {
      results.push(...(await this.measureTwice(scenario)));
      for (const sample of seldom) await sample.unlessRemembered();
    }
    for (const sample of seldom) results.push(await sample.cheapest());
    return results;
  }

  prepare(scenario: Scenario): Promise<Run> {
    this.limit(scenario);
    return prepare(this.stage, scenario);
  }

  async run(run: Run): Promise<Result> {
    const started = Date.now();
    const { sizes, limits } = this.limit(run.scenario);
    const { assembly } = this.stage;
    const result = resultOf(run.scenario, sizes, await measure(run, sizes, limits), PRICES, {
      accessLogBytes: accessLogBytes(accessLogFormatOf(assembly)),
      retentionDays: retentionOf(assembly),
    });
    const seconds = Math.round((Date.now() - started) / 1000);
    const { name, dollars } = result;
    this.bench.say(`${name}: $${dollars.toFixed(2)} a million, measured in ${seconds} s\n${functionTable(result)}\n`);
    return result;
  }

  private limit(scenario: Scenario) {
    const sizes = batchSizes(loadOf(scenario), mappingsOf(this.stage.assembly), scenario.factor);
    const limits = new BatchLimits(sizes);
    this.limits.current = limits;
    return { sizes, limits };
  }

  /** What breaks its budget is measured once more: whatever else runs on the machine only ever makes Lambda's time look longer. */
  private async measureTwice(scenario: Scenario): Promise<Result[]> {
    const first = await this.unlessStalled(scenario);
    if (first === undefined || overruns(scenario.name, scenario.budget, first.dollars).length === 0)
      return first ? [first] : [];
    const again = await this.unlessStalled(scenario);
    return [again && again.dollars < first.dollars ? again : first];
  }

  /** A scenario that does not come to an end fails the bench, but leaves the figures of the others. */
  private async unlessStalled(scenario: Scenario): Promise<Result | undefined> {
    try {
      return await this.run(await this.prepare(scenario));
    } catch (error) {
      if (!(error instanceof StalledError)) throw error;
      this.bench.fail(`${scenario.name}: ${error.message}`);
      return undefined;
    }
  }

  private async sampled(scenario: Scenario) {
    const run = await this.prepare(scenario);
    const samples: Result[] = [];
    let remembered = Date.now() + FORGOTTEN_MS;
    const sample = async () => {
      samples.push(await this.run(run));
      remembered = Date.now() + FORGOTTEN_MS;
    };
    return {
      unlessRemembered: async () => {
        if (samples.length < SAMPLES && Date.now() >= remembered) await sample();
      },
      cheapest: async (): Promise<Result> => {
        while (samples.length < SAMPLES) {
          await sleep(Math.max(0, remembered - Date.now()));
          await sample();
        }
        return samples.reduce((best, next) => (next.dollars < best.dollars ? next : best));
      },
    };
  }
}
