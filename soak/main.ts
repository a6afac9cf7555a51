import { Command, InvalidArgumentError, Option } from 'commander';
import { synthesize } from '../local/template/synthesize';
import { missingThrottles } from './chaos/fault-log';
import { MUTATIONS, type Mutation } from './chaos/mutations';
import { reportOf } from './report';
import { soak } from './run';
import { SOAK_CONTEXT } from './settings';

// The SDK otherwise prints its notice about Node 20 in the middle of the progress.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

interface Options {
  readonly events: number;
  readonly seed: number;
  readonly seeds: number;
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
  .option('--minutes <number>', 'most minutes that a run may take', positive, 5)
  .option('--no-faults', 'let nothing go wrong but the receivers')
  .addOption(new Option('--mutation <name>', 'turn off a promise, to see that it is noticed').choices(MUTATIONS))
  .option('--logs', 'print what the functions log', false)
  .parse()
  .opts<Options>();

const beganAt = Date.now();
const progress = (line: string) => console.log(`${((Date.now() - beganAt) / 1000).toFixed(1).padStart(7)}s  ${line}`);

async function runSeed(seed: number, assembly: string): Promise<boolean> {
  progress(`seed ${seed}: ${options.events} events`);
  const functionLog = options.logs ? (name: string, line: string) => console.log(`[${name}] ${line}`) : undefined;
  const evidence = await soak({ ...options, seed, assembly, progress, functionLog });
  const { passed: kept, text } = reportOf(evidence);
  const quiet = missingThrottles(evidence.faults);
  const passed = kept && quiet.length === 0;
  console.log(text);
  if (quiet.length > 0) console.log(`  NOT SEEN, so lower the limits: ${quiet.join(', ')}`);
  progress(passed ? `seed ${seed}: no promise was broken` : `seed ${seed}: FAILED`);
  return passed;
}

const app = await synthesize(SOAK_CONTEXT);
const failed: number[] = [];
for (let seed = options.seed; seed < options.seed + options.seeds; seed += 1)
  if (!(await runSeed(seed, app.directory))) failed.push(seed);
app.remove();
if (failed.length > 0)
  console.log(`Failed: ${failed.map((seed) => `--events ${options.events} --seed ${seed}`).join('; ')}`);
process.exit(failed.length > 0 ? 1 : 0);
