import { Argument, Command } from 'commander';
import { synthesize } from '../local/template/synthesize';
import { MUTATIONS, type Mutation } from './chaos/mutations';
import { RULES, type Rule } from './checks/rules';
import { type RunResult, runInProcess, sideBySide } from './processes';
import { SOAK_CONTEXT } from './settings';

// The SDK otherwise prints its notice about Node 20 in the middle of the progress.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const EVENTS = 30;
/** It can take a coincidence for a promise that is turned off to be broken. Where a run was without it, the next seed follows. */
const SEEDS = [5, 6, 7] as const;
const MINUTES = 4;
/** Of a run in which something is broken for good: it need not wait for it to end. */
const BROKEN_MINUTES = 1;

interface Trial {
  readonly title: string;
  readonly passed: boolean;
  /** What else is said of it. */
  readonly lines: readonly string[];
}

const run = (assembly: string, seed: number, faults: boolean, minutes: number, mutation?: Mutation) =>
  runInProcess({ events: EVENTS, seed, minutes, faults, assembly, mutation, logs: false }, () => {});

/** With every promise kept, no rule is broken. */
async function tryNothing(assembly: string, faults: boolean): Promise<Trial> {
  const { passed, text } = await run(assembly, SEEDS[0], faults, MINUTES);
  return { title: `nothing turned off, ${faults ? 'with' : 'without'} faults`, passed, lines: passed ? [] : [text] };
}

/** With a promise turned off, the rules are broken that it is meant to break. */
async function tryMutation(assembly: string, name: Mutation): Promise<Trial> {
  const { breaks, needsFaults = false } = MUTATIONS[name];
  const broken = new Set<Rule>();
  let last: RunResult | undefined;
  for (const seed of SEEDS) {
    last = await run(assembly, seed, needsFaults, BROKEN_MINUTES, name);
    for (const rule of last.rules) broken.add(rule);
    if (breaks.every((rule) => broken.has(rule))) break;
  }
  const missing = breaks.filter((rule) => !broken.has(rule));
  const lines = [
    ...breaks.map((rule) => `      ${broken.has(rule) ? 'broken' : 'NOT BROKEN'}: ${rule}`),
    ...[...broken].filter((rule) => !breaks.includes(rule)).map((rule) => `      also: ${rule}`),
    ...(missing.length > 0 ? [last?.text ?? ''] : []),
  ];
  return { title: `${name} turned off`, passed: missing.length === 0, lines };
}

const command = new Command('npm run soak:prove --')
  .description('Turns off one promise at a time, and expects the soak to find broken what each is meant to break.')
  .option('--side-by-side <number>', 'runs at the same time', Number, 3)
  .addArgument(new Argument('[promises...]', 'which ones; all when left out').choices(Object.keys(MUTATIONS)))
  .parse();
const named: readonly string[] = command.args;

const app = await synthesize(SOAK_CONTEXT);
const names = Object.keys(MUTATIONS) as Mutation[];
const trials = [
  () => tryNothing(app.directory, true),
  () => tryNothing(app.directory, false),
  ...names.map((name) => () => tryMutation(app.directory, name)),
].filter((_, n) => named.length === 0 || named.includes(names[n - 2] ?? ''));
const passed = await sideBySide(trials, command.opts<{ sideBySide: number }>().sideBySide, async (trial) => {
  const beganAt = Date.now();
  const { title, passed, lines } = await trial();
  const seconds = Math.round((Date.now() - beganAt) / 1000);
  console.log([`${passed ? 'ok' : 'WRONG'}  ${title} (${seconds} s)`, ...lines].join('\n'));
  return passed;
});
app.remove();
const unproved = RULES.filter((rule) => !Object.values(MUTATIONS).some(({ breaks }) => breaks.includes(rule)));
for (const rule of unproved) console.log(`WRONG  no mutation breaks: ${rule}`);
process.exit(passed.every(Boolean) && unproved.length === 0 ? 0 : 1);
