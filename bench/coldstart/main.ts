import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { ENVIRONMENTS, type FunctionName } from '../../lambdas/environment';
import { BUNDLING, bundleOf } from '../../lib/bundles';
import { table } from '../cost/report';
import { runBench } from '../support/run';
import { bytesAtStart, bytesInAll } from './bundle-size';
import { emptyHandler, sdkImportsOf } from './empty-handler';
import { environmentsOf } from './environments';
import { type Bundle, initTimes } from './measure';

/** A function may take so many times as long to start as an empty handler with the same clients. */
const MAX_RATIO = 1.3;

const NAMES = Object.keys(ENVIRONMENTS) as FunctionName[];

await runBench('coldstart', 'How long functions take to start, beside empty handlers.', async (bench) => {
  const folder = mkdtempSync(join(tmpdir(), 'posthorn-coldstart-'));
  bench.teardown.add(() => rmSync(folder, { recursive: true, force: true }));
  const environments = await environmentsOf();
  const pairs = NAMES.filter(bench.wants).map((name) => pairOf(name, folder, environments[name] ?? {}));
  const times = await initTimes(pairs.flatMap(({ own, empty }) => [own, empty]));
  const rows = pairs.map(({ own, empty }) => {
    const [ownMs, emptyMs] = [times.get(own.name) ?? Number.NaN, times.get(empty.name) ?? Number.NaN];
    const ratio = ownMs / emptyMs;
    if (!(ratio <= MAX_RATIO)) bench.fail(`${own.name} starts in ${ratio.toFixed(2)} × the time of an empty handler`);
    const sizes = [bytesInAll(own.file), bytesAtStart(own.file), bytesAtStart(empty.file)].map(kilobytes);
    return [own.name, ...sizes, ownMs.toFixed(0), emptyMs.toFixed(0), ratio.toFixed(2)];
  });
  const text = table(['function', 'KB in all', 'KB at start', 'KB at start, empty', 'ms', 'ms, empty', 'ratio'], rows);
  bench.say(text);
  bench.keep('How long functions take to start', text);
});

function pairOf(name: FunctionName, folder: string, environment: Bundle['environment']) {
  const outdir = join(folder, name);
  const file = join(outdir, 'index.mjs');
  const stdin = {
    contents: emptyHandler(sdkImportsOf(name)),
    resolveDir: BUNDLING.absWorkingDir,
    loader: 'ts',
  } as const;
  buildSync({ ...BUNDLING, stdin, outdir, entryNames: 'index' });
  return {
    own: { name, file: join(bundleOf(name), 'index.mjs'), environment },
    empty: { name: `empty ${name}`, file, environment },
  };
}

function kilobytes(bytes: number): string {
  return (bytes / 1024).toFixed(0);
}
