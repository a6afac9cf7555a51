import { openTable } from '../../lambdas/store/table';
import { dynamoDbClient } from '../../local/dynamodb/client';
import { startSeededDynamoDb } from '../../local/dynamodb/seeded';
import { loadAssembly } from '../../local/template/assembly';
import { Deployment } from '../../local/template/deployment';
import { synthesize } from '../../local/template/synthesize';
import { table as markdown } from '../cost/report';
import { quantile } from '../meters/quantile';
import { barChart } from '../support/bar-chart';
import { type Bench, runBench } from '../support/run';
import { OPERATIONS } from './operations';
import { recordCapacity } from './probe';
import { seedItems } from './seed';

const SIZES = [1_000, 10_000, 100_000, 1_000_000];

/** Capacity may differ by so much between the smallest and any other table. */
const TOLERANCE = 0.2;

const REPETITIONS = 7;

/** What an operation consumed and took, by table; milliseconds. */
interface Figures {
  readonly capacity: number;
  readonly ms: number;
}

await runBench('growth', 'What operations cost with a thousand and with a million deliveries.', async (bench) => {
  const app = await synthesize({});
  bench.teardown.add(() => app.remove());
  const sizes = SIZES.filter((size) => bench.wants(String(size)));
  const measured: ReadonlyMap<string, Figures>[] = [];
  for (const size of sizes) measured.push(await measure(bench, app.directory, size));
  for (const name of Object.keys(OPERATIONS)) judge(bench, name, sizes, measured);
  const text = `Capacity units, and milliseconds on this machine's emulator, whose own growth is not AWS's:\n\n`;
  bench.say(text + report(sizes, measured));
  bench.keep('How costs grow with the table', text + report(sizes, measured), chart(sizes, measured));
});

async function measure(bench: Bench, assembly: string, size: number): Promise<ReadonlyMap<string, Figures>> {
  const [now, startedAt] = [Date.now(), performance.now()];
  const engine = await startSeededDynamoDb(new Deployment(loadAssembly(assembly)), seedItems(size, now));
  const table = openTable(engine.table, dynamoDbClient(engine.endpoint));
  bench.say(
    `${size.toLocaleString('en')} deliveries seeded in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`,
  );
  try {
    const consumed = recordCapacity(table.documents);
    const figures = new Map<string, Figures>();
    for (const [name, operation] of Object.entries(OPERATIONS)) {
      figures.set(name, await repeat(() => operation(table, now), consumed));
    }
    return figures;
  } finally {
    table.documents.destroy();
    await engine.stop();
  }
}

async function repeat(operation: () => Promise<unknown>, consumed: () => number): Promise<Figures> {
  const runs: Figures[] = [];
  consumed();
  for (let run = 0; run < REPETITIONS; run += 1) {
    const startedAt = performance.now();
    await operation();
    runs.push({ ms: performance.now() - startedAt, capacity: consumed() });
  }
  const middle = (of: (run: Figures) => number) => quantile(runs.map(of), 0.5);
  return { ms: middle(({ ms }) => ms), capacity: middle(({ capacity }) => capacity) };
}

function judge(
  bench: Bench,
  name: string,
  sizes: readonly number[],
  [first, ...others]: readonly ReadonlyMap<string, Figures>[],
): void {
  const before = first?.get(name)?.capacity ?? Number.NaN;
  for (const [index, figures] of others.entries()) {
    const after = figures.get(name)?.capacity ?? Number.NaN;
    if (Math.abs(after - before) > before * TOLERANCE) {
      bench.fail(`${name}: ${after} units at ${sizes[index + 1]} deliveries, ${before} at ${sizes[0]}`);
    }
  }
}

function report(sizes: readonly number[], measured: readonly ReadonlyMap<string, Figures>[]): string {
  const rows = Object.keys(OPERATIONS).map((name) => [
    name,
    ...measured.map((figures) => {
      const { capacity = Number.NaN, ms = Number.NaN } = figures.get(name) ?? {};
      return `${capacity.toFixed(1)} (${ms.toFixed(0)} ms)`;
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
