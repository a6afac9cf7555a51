import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ENVIRONMENTS, type FunctionName } from '../../lambdas/runtime/environment';
import { bundle } from '../../lib/bundle';
import { bundleOf } from '../../lib/bundles';
import { table } from '../cost/report';
import { barChart } from '../support/bar-chart';
import { runBench } from '../support/run';
import { emptyHandler, sdkImportsOf } from './empty-handler';
import { environmentsOf } from './environments';
import { type Bundle, initTimes } from './measure';

/** A function may take so many times as long to start as an empty handler with the same clients that is bundled plainly. */
const MAX_RATIO = 1.3;

/** As most people bundle a handler, and as CDK's own construct does: into one file. */
const PLAINLY = { codeSplitting: false } as const;

const SERIES = ['the function', 'empty, plain', 'empty, in parts'];

const NAMES = Object.keys(ENVIRONMENTS) as FunctionName[];

await runBench('coldstart', 'How long functions take to start, beside empty handlers.', async (bench) => {
  const environments = await environmentsOf();
  // Beside the bundles of the functions, so that the empty handlers find the same packages.
  const folder = mkdtempSync(join(dirname(bundleOf('api')), 'coldstart-'));
  bench.teardown.add(() => rmSync(folder, { recursive: true, force: true }));
  const measured: { readonly name: FunctionName; readonly bundles: readonly Bundle[] }[] = [];
  for (const name of NAMES.filter(bench.wants)) {
    measured.push({ name, bundles: await bundlesOf(name, folder, environments[name] ?? {}) });
  }
  const times = await initTimes(measured.flatMap(({ bundles }) => bundles));
  const starts = measured.map(({ name, bundles }) => ({
    name,
    files: bundles.map(({ file }) => file),
    values: bundles.map((bundle) => times.get(bundle.name) ?? Number.NaN),
  }));
  for (const { name, values } of starts) {
    const ratio = ratios(values)[0] ?? Number.NaN;
    if (!(ratio <= MAX_RATIO)) bench.fail(`${name} starts in ${ratio.toFixed(2)} × the time of an empty handler`);
  }
  const text = report(starts);
  bench.say(text);
  const label = (ms: number) => `${ms.toFixed(0)} ms`;
  const title = 'Processor time of a cold start';
  bench.keep('How long functions take to start', text, barChart({ title, series: SERIES, rows: starts, label }));
});

interface Start {
  readonly name: string;
  /** Bundles in the order of {@link SERIES}, and what they took to start, in milliseconds. */
  readonly files: readonly string[];
  readonly values: readonly number[];
}

/** How many times as long the function takes as each of the empty handlers. */
function ratios([own = Number.NaN, ...empty]: readonly number[]): number[] {
  return empty.map((ms) => own / ms);
}

function report(starts: readonly Start[]): string {
  const rows = starts.map(({ name, files, values }) => [
    name,
    kilobytes(bytesInAll(files[0] ?? '')),
    ...files.map((file) => kilobytes(bytesAtStart(file))),
    ...values.map((ms) => ms.toFixed(0)),
    ...ratios(values).map((ratio) => ratio.toFixed(2)),
  ]);
  const head = ['function', 'KB', 'KB at start', 'plain', 'in parts', 'ms', 'plain', 'in parts', 'ratio', 'in parts'];
  const words = [
    '“Plain” and “in parts” are the empty handlers: bundled into one file, as most handlers are, and by the rules of the functions',
    'here, with what a start does not need in files apart. The budget is 1.3 times the plain one.',
  ];
  return `${table(head, rows)}\n\n${words.join('\n')}`;
}

/** What is compared, in the order of {@link SERIES}. */
async function bundlesOf(name: FunctionName, folder: string, environment: Bundle['environment']): Promise<Bundle[]> {
  const source = join(folder, `${name}.ts`);
  writeFileSync(source, emptyHandler(sdkImportsOf(name)));
  const emptyAs = async (kind: string, options: typeof PLAINLY | undefined) => {
    const outdir = join(folder, kind, name);
    await bundle(source, outdir, options);
    return { name: `${kind} ${name}`, file: join(outdir, 'index.mjs'), environment };
  };
  return [
    { name, file: join(bundleOf(name), 'index.mjs'), environment },
    await emptyAs('plain', PLAINLY),
    await emptyAs('split', undefined),
  ];
}

function kilobytes(bytes: number): string {
  return (bytes / 1024).toFixed(0);
}

/** Bytes that are read when a bundle starts: its entry imports nothing at once but what Node has. */
function bytesAtStart(entry: string): number {
  return statSync(entry).size;
}

/** Bytes of all that a bundle may ever run, without source maps. */
function bytesInAll(entry: string): number {
  const files = readdirSync(dirname(entry)).filter((name) => name.endsWith('.mjs'));
  return files.reduce((sum, name) => sum + statSync(join(dirname(entry), name)).size, 0);
}
