import type { FaultRecord } from '../chaos/fault-log';
import { type Claim, claimsOf } from '../evidence/claims';
import type { Check, Violation } from '../evidence/evidence';
import { type DeliveryStory, recordedAttempts } from '../evidence/families';
import type { Rule } from './rules';

const OVERLAP = 'no two live claims overlap';
const NUMBERS = 'no attempt number is used twice';
const LOST = 'every claim that was not recorded has a fault that explains it';

/** Claims and attempt numbers, from the stream alone; and what became of claims that nothing was recorded under. */
export const checkClaims: Check = ({ families, faults }) => {
  const stories = families.flatMap(({ deliveries }) => deliveries);
  const violations: Violation[] = [];
  let made = 0;
  let lost = 0;
  for (const story of stories) {
    const claims = claimsOf(story);
    made += claims.length;
    lost += claims.filter(({ recorded }) => !recorded).length;
    violations.push(...overlaps(story, claims), ...repeatedNumbers(story), ...unexplained(story, claims, faults));
  }
  return { violations, facts: [`${made} claims, ${lost} of them not recorded, each after a fault`] };
};

const about = (rule: Rule, { id, base }: DeliveryStory, text: string): Violation => ({
  rule,
  text: `${id}: ${text}`,
  base,
});

const overlaps = (story: DeliveryStory, claims: readonly Claim[]): Violation[] =>
  claims.flatMap(({ id, attempt, overlaps: other }) =>
    other === undefined
      ? []
      : [about(OVERLAP, story, `claim ${id} of attempt ${attempt} was made while ${other} held`)],
  );

function repeatedNumbers(story: DeliveryStory): Violation[] {
  const numbers = recordedAttempts(story).map(({ number }) => number);
  const expected = numbers.map((_, index) => index + 1);
  const problems: Violation[] = [];
  if (numbers.join() !== expected.join())
    problems.push(about(NUMBERS, story, `its attempts are numbered ${numbers.join()}`));
  for (const { sk, before } of story.attemptChanges)
    if (before !== undefined) problems.push(about(NUMBERS, story, `the attempt ${sk} was written twice`));
  const firsts = new Set(story.steps.flatMap(({ after }) => (after?.first ? [after.first.startedAt] : [])));
  if (firsts.size > 1) problems.push(about(NUMBERS, story, 'its first attempt was written twice'));
  return problems;
}

/** Clocks of workers and of this process are the same; writing a fault down takes a moment. */
const SLACK_MS = 3_000;

/** What may keep a worker from writing or sending something. */
export const HINDRANCES: readonly FaultRecord['kind'][] = [
  'worker ended',
  'call failed',
  'call failed for good',
  'answer lost',
  'stack restarted',
  'table read throttled',
  'table write throttled',
  'index read throttled',
  'index write throttled',
  'transaction throttled',
];

/** A fault that may have kept a worker from recording an attempt that it had claimed. */
function faultBehind(claim: Claim, story: DeliveryStory, faults: readonly FaultRecord[]): FaultRecord | undefined {
  return faults.find(({ kind, at, about: concerned }) => {
    const inTime = at >= claim.from - SLACK_MS && at <= (claim.endedAt ?? claim.until) + SLACK_MS;
    return inTime && HINDRANCES.includes(kind) && (concerned.includes(story.base) || kind === 'stack restarted');
  });
}

const unexplained = (story: DeliveryStory, claims: readonly Claim[], faults: readonly FaultRecord[]): Violation[] =>
  claims
    .filter((claim) => !claim.recorded && faultBehind(claim, story, faults) === undefined)
    .map(({ id, attempt }) => about(LOST, story, `claim ${id} of attempt ${attempt} was lost for no known reason`));
