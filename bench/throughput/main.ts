import { table } from '../cost/report';
import { openFloor } from '../latency/floor';
import type { Reading } from '../meters/meter';
import { barChart } from '../support/bar-chart';
import { orderPayload } from '../support/payloads';
import { connect } from '../support/routes';
import { runBench } from '../support/run';
import { openStage, quiet, type Stage, until } from '../support/stage';

const EVENTS = 400;

/** As many as a publish in a batch takes. */
const BATCH = 100;

const DESTINATIONS = 5;

/** Passes of the bare loop that are under way at once. */
const SIDE_BY_SIDE = 10;

await runBench(
  'throughput',
  'Deliveries a second at saturation, and what they cost in processor time.',
  async (bench) => {
    const stage = await openStage({}, bench.teardown);
    const api = await stage.tenant();
    const receiver = await stage.receiver();
    await connect(api, receiver.url, DESTINATIONS);
    const publish = (count: number) =>
      api.post('/v1/events/batch', {
        events: Array.from({ length: count }, () => ({ type: 'order.created', payload: orderPayload(1024) })),
      });
    await publish(10);
    await quiet(stage);
    const floor = await bareLoop(stage);

    stage.meter.reset();
    const before = receiver.arrivals.length;
    const startedAt = performance.now();
    for (let sent = 0; sent < EVENTS; sent += BATCH) await publish(BATCH);
    const deliveries = EVENTS * DESTINATIONS;
    await until('all events to arrive', () => receiver.arrivals.length >= before + deliveries, 240_000);
    const perSecond = (1000 * deliveries) / (performance.now() - startedAt);
    await quiet(stage);

    const used = cpuOf(stage.meter.read(), deliveries);
    const text = [
      `${perSecond.toFixed(0)} deliveries a second; the bare loop passes ${floor.perSecond.toFixed(0)} a second`,
      `and takes ${floor.cpuMs.toFixed(2)} ms of processor time for each. Milliseconds for a delivery:\n`,
      cpuTable(used),
    ].join('\n');
    bench.say(text);
    bench.keep('How many deliveries a second', text, cpuChart(used));
  },
);

/** What the same emulators do for a loop that puts an item and passes a message. */
async function bareLoop({ stack }: Stage): Promise<{ readonly perSecond: number; readonly cpuMs: number }> {
  const floor = await openFloor(stack);
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  const passes = 500;
  await Promise.all(
    Array.from({ length: SIDE_BY_SIDE }, async () => {
      for (let pass = 0; pass < passes / SIDE_BY_SIDE; pass += 1) await floor.once();
    }),
  );
  const { user, system } = process.cpuUsage(cpu);
  floor.stop();
  return { perSecond: (1000 * passes) / (performance.now() - startedAt), cpuMs: (user + system) / 1000 / passes };
}

/** What a function used for each delivery. */
interface Used {
  readonly name: string;
  readonly cpuMs: number;
  /** Records that it was handed at once. */
  readonly batch: number;
}

function cpuOf({ functions }: Reading, deliveries: number): Used[] {
  const busy = functions.filter(({ invocations }) => invocations > 0);
  return busy.map(({ facts, invocations, records, cpuMs }) => ({
    name: facts.name,
    cpuMs: cpuMs / deliveries,
    batch: records / invocations,
  }));
}

function cpuTable(used: readonly Used[]): string {
  const rows = used.map(({ name, cpuMs, batch }) => [name, cpuMs.toFixed(2), batch.toFixed(1)]);
  const total = used.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  return table(['function', 'processor ms', 'records each'], [...rows, ['together', total.toFixed(2), '']]);
}

function cpuChart(used: readonly Used[]): string {
  return barChart({
    title: 'Processor milliseconds for a delivery, by function',
    series: ['processor ms'],
    rows: used.map(({ name, cpuMs }) => ({ name, values: [cpuMs] })),
    label: (ms) => ms.toFixed(2),
  });
}
