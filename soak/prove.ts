import { synthesize } from '../local/template/synthesize';
import { MUTATIONS, type Mutation } from './chaos/mutations';
import { reportOf } from './report';
import { soak } from './run';
import { SOAK_CONTEXT } from './settings';

// The SDK otherwise prints its notice about Node 20 in the middle of the progress.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const EVENTS = 30;
/** It takes a coincidence for a promise that is turned off to be broken. Where a run was without it, the next seed follows. */
const SEEDS = [5, 6, 7] as const;
const MINUTES = 4;

/** Which rules a run has broken, one line each. */
async function rulesBroken(assembly: string, seed: number, mutation?: Mutation): Promise<string[]> {
  const progress = () => {};
  const options = { events: EVENTS, seed, minutes: MINUTES, faults: true, assembly, mutation, progress };
  const { violations, text } = reportOf(await soak(options));
  if (mutation === undefined && violations.length > 0) console.log(text);
  return [...new Set(violations.map(({ rule }) => rule))];
}

/** The rules that the first of the runs breaks that breaks any. */
async function firstBroken(assembly: string, mutation: Mutation): Promise<string[]> {
  for (const seed of SEEDS) {
    const rules = await rulesBroken(assembly, seed, mutation);
    if (rules.length > 0) return rules;
  }
  return [];
}

// The instrument itself is proved: with every promise kept the soak passes, and with any one of these turned off it fails.
const app = await synthesize(SOAK_CONTEXT);
let proved = true;
for (const mutation of [undefined, ...MUTATIONS]) {
  const rules =
    mutation === undefined ? await rulesBroken(app.directory, SEEDS[0]) : await firstBroken(app.directory, mutation);
  const asExpected = rules.length > 0 === (mutation !== undefined);
  proved &&= asExpected;
  console.log(`${asExpected ? 'ok' : 'WRONG'}  ${mutation ?? 'nothing'} turned off: ${rules.length} rules broken`);
  for (const rule of rules) console.log(`      ${rule}`);
}
app.remove();
process.exit(proved ? 0 : 1);
