import { openTable, type Table } from '../../lambdas/store/table/table';
import { dynamoDbClient } from '../../local/dynamodb/client';
import { startSeededDynamoDb } from '../../local/dynamodb/seeded';
import { loadAssembly } from '../../local/template/assembly';
import { Deployment } from '../../local/template/deployment';
import { synthesize } from '../../local/template/synthesize';
import { table as markdown } from '../cost/report';
import { quantile } from '../meters/quantile';
import { barChart } from '../support/bar-chart';
import { type Bench, runBench } from '../support/run';
import { OPERATIONS, type Operation } from './operations';
import { recordCapacity } from './probe';
import { seedItems } from './seed';

const SIZES = [1_000, 10_000, 100_000, 1_000_000];

/** Capacity and time may differ by so much between the smallest and any other table. */
const TOLERANCE = 0.2;

const REPETITIONS = 51;

const NOTE = `Capacity units, and milliseconds on this machine's emulator: the middle of ${REPETITIONS} runs, in which the tables take turns.
Neither may differ from that of the smallest table by more than ${100 * TOLERANCE} %.`;

/** What an operation consumed and took, by table; milliseconds. */
interface Figures {
  readonly capacity: number;
  readonly ms: number;
}

const NOT_MEASURED: Figures = { capacity: Number.NaN, ms: Number.NaN };

const UNITS: Readonly<Record<string, (figures: Figures) => number>> = {
  'capacity units': ({ capacity }) => capacity,
  milliseconds: ({ ms }) => ms,
};

/** A table that was filled. */
interface Seeded {
  readonly table: Table;
  readonly now: number;
  /** Capacity consumed since it was asked last. */
  consumed(): number;
}

await runBench('growth', 'What operations cost with a thousand and with a million deliveries.', async (bench) => {
  const app = await synthesize({});
  bench.teardown.add(() => app.remove());
  const sizes = SIZES.filter((size) => bench.wants(String(size)));
  const tables = await Promise.all(sizes.map((size) => seed(bench, app.directory, size)));
  const measured = await measure(tables);
  for (const name of Object.keys(OPERATIONS)) judge(bench, name, sizes, measured);
  const text = `${NOTE}\n\n${report(sizes, measured)}`;
  bench.say(text);
  bench.keep('How costs grow with the table', text, chart(sizes, measured));
});

async function seed(bench: Bench, assembly: string, size: number): Promise<Seeded> {
  const [now, startedAt] = [Date.now(), performance.now()];
  const engine = await startSeededDynamoDb(new Deployment(loadAssembly(assembly)), seedItems(size, now));
  bench.teardown.add(() => engine.stop());
  const table = openTable(engine.table, dynamoDbClient(engine.endpoint));
  bench.teardown.add(() => table.documents.destroy());
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  bench.say(`${size.toLocaleString('en')} deliveries seeded in ${seconds} s`);
  return { table, now, consumed: recordCapacity(table.documents) };
}

/** Tables take turns, so that whatever else runs on the machine, and how warm the code is, concerns all of them alike. */
async function measure(tables: readonly Seeded[]): Promise<ReadonlyMap<string, Figures>[]> {
  const figures = tables.map(() => new Map<string, Figures>());
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    const runs = tables.map((): Figures[] => []);
    for (let run = 0; run < REPETITIONS; run += 1) {
      for (const [index, table] of tables.entries()) runs[index]?.push(await runOnce(operation, table));
    }
    for (const [index, all] of runs.entries()) figures[index]?.set(name, middleOf(all));
  }
  return figures;
}

async function runOnce(operation: Operation, { table, now, consumed }: Seeded): Promise<Figures> {
  consumed();
  const startedAt = performance.now();
  await operation(table, now);
  return { ms: performance.now() - startedAt, capacity: consumed() };
}

function middleOf(runs: readonly Figures[]): Figures {
  const middle = (of: (run: Figures) => number) => quantile(runs.map(of), 0.5);
  return { capacity: middle(({ capacity }) => capacity), ms: middle(({ ms }) => ms) };
}

function judge(
  bench: Bench,
  name: string,
  sizes: readonly number[],
  [first, ...others]: readonly ReadonlyMap<string, Figures>[],
): void {
  const before = first?.get(name) ?? NOT_MEASURED;
  for (const [index, figures] of others.entries()) {
    const after = figures.get(name) ?? NOT_MEASURED;
    for (const [unit, of] of Object.entries(UNITS)) {
      if (Math.abs(of(after) - of(before)) <= of(before) * TOLERANCE) continue;
      bench.fail(`${name}: ${of(after)} ${unit} at ${sizes[index + 1]} deliveries, ${of(before)} at ${sizes[0]}`);
    }
  }
}

function report(sizes: readonly number[], measured: readonly ReadonlyMap<string, Figures>[]): string {
  const rows = Object.keys(OPERATIONS).map((name) => [
    name,
    ...measured.map((figures) => {
      const { capacity, ms } = figures.get(name) ?? NOT_MEASURED;
      return `${capacity.toFixed(1)} (${ms.toFixed(1)} ms)`;
    }),
  ]);
  return markdown(['deliveries', ...sizes.map((size) => size.toLocaleString('en'))], rows);
}

function chart(sizes: readonly number[], measured: readonly ReadonlyMap<string, Figures>[]): string {
  return barChart({
    title: 'Capacity units of an operation, by deliveries in the table',
    series: sizes.map((size) => size.toLocaleString('en')),
    rows: Object.keys(OPERATIONS).map((name) => ({
      name,
      values: measured.map((figures) => figures.get(name)?.capacity ?? 0),
    })),
    label: (units) => units.toFixed(1),
  });
}
