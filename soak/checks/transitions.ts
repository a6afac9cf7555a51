import { DEAD_STATUSES, type DeliveryStatus, TRANSITIONS } from '../../lambdas/domain/delivery';
import { isStranded } from '../../lambdas/domain/overdue';
import type { Check, Evidence, Violation } from '../evidence/evidence';
import type { DeliveryImage, DeliveryStory, Step } from '../evidence/families';
import { type Action, mayHaveWorked } from '../workload/actions';

const RULE = 'no transition in the stream is illegal';
const STARTED = 'every fresh round was asked for';

/** Every step of every delivery against the table of transitions, and against the calls that may have caused it. */
export const checkTransitions: Check = (evidence) => {
  const stories = evidence.families.flatMap(({ deliveries }) => deliveries);
  const steps = stories.reduce((sum, story) => sum + story.steps.length, 0);
  return {
    violations: stories.flatMap((story) => [...legal(story), ...asked(evidence, story)]),
    facts: [`${steps} changes of deliveries in the stream`],
  };
};

function legal(story: DeliveryStory): Violation[] {
  return story.steps.flatMap((step, index) => {
    const problem = index === 0 ? problemOfBirth(step) : problemOf(step);
    return problem === undefined ? [] : [{ rule: RULE, text: `${story.id}: ${problem}`, base: story.base }];
  });
}

function problemOfBirth({ before, after }: Step): string | undefined {
  if (before !== undefined || after === undefined) return 'its first change is no beginning';
  const waiting = after.status === 'pending' || after.status === 'circuit_open';
  // A refusal by a schema counts as the first attempt.
  const begun = after.status === 'schema_failed' ? after.made === 1 : waiting && after.made === 0;
  const fresh = begun && after.claimId === undefined;
  return fresh ? undefined : `it began as ${after.status} with ${after.made} attempts`;
}

const isLegal = (from: DeliveryStatus, to: DeliveryStatus): boolean =>
  Object.values(TRANSITIONS).some((one) => (one.from as readonly DeliveryStatus[]).includes(from) && one.to === to);

function problemOf({ before, after }: Step): string | undefined {
  if (before === undefined) return 'it was written anew';
  if (after === undefined) return 'it was removed';
  const way = `${before.status} → ${after.status}`;
  if (before.status === after.status) return problemOfStay(before, after);
  if (!isLegal(before.status, after.status)) return way;
  if (before.status === 'sent' && after.status === 'pending' && !isStranded(before, after.updatedAt)) return way;
  const sent = before.status === 'sent' && ['delivered', 'retrying', ...DEAD_STATUSES].includes(after.status);
  const recorded = sent || after.status === 'schema_failed';
  if (after.made !== before.made + (recorded ? 1 : 0)) return `${way} with ${before.made} → ${after.made} attempts`;
  return undefined;
}

/** Without a change of status, only a claim may be taken over, a dead letter be closed and a lost message be made up for. */
function problemOfStay(before: DeliveryImage, after: DeliveryImage): string | undefined {
  const enqueuedAgain = before.status === 'pending' && isStranded(before, after.updatedAt);
  const takenOver = before.status === 'sent' && before.claimId !== after.claimId && after.claimId !== undefined;
  const closed =
    DEAD_STATUSES.includes(before.status) && before.deathToken !== undefined && after.deathToken === undefined;
  const counted = before.made === after.made && before.roundStart === after.roundStart;
  return (takenOver || closed || enqueuedAgain) && counted ? undefined : `it changed while ${before.status}`;
}

function asked({ actions }: Evidence, story: DeliveryStory): Violation[] {
  const worked = actions.filter(mayHaveWorked);
  return story.steps.flatMap(({ before, after }) => {
    // What was parked, or whose message was lost, goes on in its round: by the sweep, and nobody has to ask for it.
    if (before === undefined || after?.status !== 'pending' || after.roundStart === before.roundStart) return [];
    if (worked.some((action) => mayStart(action, story, after))) return [];
    const text = `${story.id} went from ${before.status} to pending (${after.cause}), and no call asked for it`;
    return [{ rule: STARTED, text, base: story.base }];
  });
}

/** The clocks are the same; a call is written down a moment later than what it does. */
const SLACK_MS = 1000;

function mayStart({ kind, about, from }: Action, { id, base }: DeliveryStory, after: DeliveryImage): boolean {
  if (from > after.updatedAt + SLACK_MS) return false;
  switch (after.cause) {
    case 'manual':
      return (
        (kind === 'retry' && about.includes(id)) || (kind === 'retry event' && about.some((one) => one.includes(base)))
      );
    case 'replay':
      return (kind === 'bulk replay' && about.includes(id)) || (kind === 'recover' && about.includes(after.dst));
    case 'redrive':
      return kind === 'redrive';
    default:
      return false;
  }
}
