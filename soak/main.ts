import { Command, InvalidArgumentError, Option } from 'commander';
import { synthesize } from '../local/template/synthesize';
import { missingKinds } from './chaos/fault-log';
import { MUTATIONS, type Mutation } from './chaos/mutations';
import { type RunResult, runInProcess, sideBySide } from './processes';
import { SOAK_CONTEXT } from './settings';

// The SDK otherwise prints its notice about Node 20 in the middle of the progress.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** From so many events on, over all seeds, every kind of fault has to happen; fewer may do without the rare ones. */
const ENOUGH_EVENTS = 500;

interface Options {
  readonly events: number;
  readonly seed: number;
  readonly seeds: number;
  readonly sideBySide: number;
  readonly minutes: number;
  readonly faults: boolean;
  readonly mutation?: Mutation;
  readonly logs: boolean;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}

const options = new Command('npm run soak --')
  .description('Publishes while everything goes wrong that may go wrong on AWS, and checks that no promise was broken.')
  .option('--events <number>', 'events to publish', positive, 200)
  .option('--seed <number>', 'what the plan of faults, payloads and receivers follows from', positive, 1)
  .option('--seeds <number>', 'runs, each with the next seed', positive, 1)
  .option('--side-by-side <number>', 'runs at the same time', positive, 2)
  .option('--minutes <number>', 'most minutes that a run may take', positive, 5)
  .option('--no-faults', 'let nothing go wrong but the receivers')
  .addOption(
    new Option('--mutation <name>', 'turn off a promise, to see that it is noticed').choices(Object.keys(MUTATIONS)),
  )
  .option('--logs', 'print what the functions log', false)
  .parse()
  .opts<Options>();

const beganAt = Date.now();
const print = (line: string) => console.log(`${((Date.now() - beganAt) / 1000).toFixed(1).padStart(7)}s  ${line}`);

async function runSeed(seed: number, assembly: string): Promise<RunResult> {
  const say = (line: string) => print(`seed ${seed}: ${line}`);
  say(`${options.events} events`);
  const result = await runInProcess({ ...options, seed, assembly }, say);
  say(result.passed ? 'no promise was broken' : 'FAILED');
  console.log(result.text);
  return result;
}

/** The kinds of faults that did not happen. Whether there were enough events for all of them is said, too. */
function seen(results: readonly RunResult[]): boolean {
  const missing = missingKinds(results.flatMap(({ kinds }) => kinds));
  if (!options.faults || missing.length === 0) return true;
  const enough = options.mutation === undefined && options.events * options.seeds >= ENOUGH_EVENTS;
  console.log(
    `${enough ? 'Failed: these faults never happened' : 'Faults that did not happen'}: ${missing.join(', ')}`,
  );
  return !enough;
}

const app = await synthesize(SOAK_CONTEXT);
const seeds = Array.from({ length: options.seeds }, (_, n) => options.seed + n);
const results = await sideBySide(seeds, options.sideBySide, (seed) => runSeed(seed, app.directory));
app.remove();
const failed = seeds.filter((_, n) => results[n]?.passed !== true);
if (failed.length > 0)
  console.log(`Failed: ${failed.map((seed) => `--events ${options.events} --seed ${seed}`).join('; ')}`);
process.exit(seen(results) && failed.length === 0 ? 0 : 1);
