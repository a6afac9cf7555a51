import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** All benches, what is exact and repeatable first; `--write` is for those that keep their figures in a file of their own. */
const BENCHES = [
  { name: 'cost', keeps: true },
  { name: 'growth', keeps: true },
  { name: 'coldstart', keeps: true },
  { name: 'latency', keeps: true },
  { name: 'throughput', keeps: true },
  { name: 'isolation', keeps: false },
  { name: 'schemas', keeps: false },
] as const;

const settings = process.argv.slice(2);
if (settings.some((setting) => setting !== '--write')) {
  console.error('npm run bench -- [--write]: runs all benches; --write keeps the figures in docs/benchmarks.');
  process.exit(2);
}

// One after another, each in a process of its own: they would disturb each other's figures.
const failed = BENCHES.filter(({ name, keeps }) => {
  console.log(`\n# ${name}\n`);
  const file = fileURLToPath(new URL(`./${name}/main.ts`, import.meta.url));
  const run = ['--import', 'tsx', file, ...(keeps ? settings : [])];
  return spawnSync(process.execPath, run, { stdio: 'inherit' }).status !== 0;
});
if (failed.length > 0) console.error(`\nOver budget, or broken: ${failed.map(({ name }) => name).join(', ')}`);
process.exit(failed.length > 0 ? 1 : 0);
