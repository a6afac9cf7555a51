import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** All benches, what is exact and repeatable first. Settings (`--write`) are handed on to each. */
const BENCHES = ['cost', 'growth', 'coldstart', 'latency', 'throughput', 'isolation', 'schemas'] as const;

const settings = process.argv.slice(2);

// One after another, each in a process of its own: they would disturb each other's figures.
const failed = BENCHES.filter((name) => {
  console.log(`\n# ${name}\n`);
  const file = fileURLToPath(new URL(`./${name}/main.ts`, import.meta.url));
  return spawnSync(process.execPath, ['--import', 'tsx', file, ...settings], { stdio: 'inherit' }).status !== 0;
});
if (failed.length > 0) console.error(`\nOver budget, or broken: ${failed.join(', ')}`);
process.exit(failed.length > 0 ? 1 : 0);
