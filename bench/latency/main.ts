import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { table } from '../cost/report';
import { quantile } from '../meters/quantile';
import { barChart } from '../support/bar-chart';
import { orderPayload } from '../support/payloads';
import { preciseNow } from '../support/receiver';
import { connect } from '../support/routes';
import { runBench } from '../support/run';
import { openStage, quiet, until } from '../support/stage';
import { openFloor } from './floor';
import { durations, type Passage, PassageLog, STAGES } from './stages';

/** Events a second, for so many seconds: what a laptop follows without a queue building up. */
const RATE = 20;
const SECONDS = 20;

const QUANTILES = ['p50', 'p99'];

const answer = z.object({ event: z.object({ id: z.string() }) });

await runBench('latency', 'How long events take from publish to their receiver, beside the floor.', async (bench) => {
  const log = new PassageLog();
  const stage = await openStage({}, bench.teardown, { interceptors: [log.intercept] });
  const api = await stage.tenant();
  const receiver = await stage.receiver();
  await connect(api, receiver.url);
  const publish = async (): Promise<Passage> => {
    const published = preciseNow();
    const { event } = answer.parse(
      await api.post('/v1/events', { type: 'order.created', payload: orderPayload(1024) }),
    );
    const passage = log.of(event.id);
    passage.published = published;
    return passage;
  };
  await publish();
  await quiet(stage);
  const floor = await openFloor(stage.stack);
  const floors: number[] = [];
  for (let pass = 0; pass < 200; pass += 1) floors.push(await floor.once());
  floor.stop();

  const before = receiver.arrivals.length;
  const passages = await publishSteadily(publish);
  await until('all events to arrive', () => receiver.arrivals.length >= before + RATE * SECONDS);
  for (const { event, at } of receiver.arrivals) log.of(event).received ??= at;

  const rows = [
    row('floor: put an item, pass a message', floors),
    row('publish to received', durations(passages, 'published', 'received')),
    ...STAGES.map(([from, to, name]) => row(name, durations(passages, from, to))),
  ];
  const printed = rows.map(({ name, values }) => [name, ...values.map((value) => value.toFixed(1))]);
  const text = `${RATE} events a second for ${SECONDS} s; milliseconds:\n\n${table(['', ...QUANTILES], printed)}`;
  bench.say(text);
  const title = 'Milliseconds from publish to receiver, and where they go';
  const label = (ms: number) => ms.toFixed(0);
  bench.keep('How long events take', text, barChart({ title, series: QUANTILES, rows, label }));
});

async function publishSteadily(publish: () => Promise<Passage>): Promise<Passage[]> {
  const published: Promise<Passage>[] = [];
  for (let event = 0; event < RATE * SECONDS; event += 1) {
    published.push(publish());
    await sleep(1000 / RATE);
  }
  return Promise.all(published);
}

function row(name: string, values: readonly number[]) {
  return { name, values: [quantile(values, 0.5), quantile(values, 0.99)] };
}
