import type { Check, Evidence, Violation } from '../evidence/evidence';
import type { DeliveryStory, Step } from '../evidence/families';
import { HINDRANCES } from './claims';

const EXPLAINED = 'the sweep mends only deliveries whose message was lost';
const HEALTHY = 'without faults the sweep repairs nothing';

/** Repairs of the sweep: each needs its fault. */
export const checkRepairs: Check = (evidence) => {
  const stories = evidence.families.flatMap(({ deliveries }) => deliveries);
  const mended = stories.flatMap((story) => story.steps.filter(isRepair).map((step) => ({ story, step })));
  const { faults, repairs } = evidence;
  const expired = faults.filter(({ kind }) => kind === 'message expired').length;
  const unasked: Violation[] =
    faults.length === 0 && repairs > 0 ? [{ rule: HEALTHY, text: `it made ${repairs} repairs` }] : [];
  return {
    violations: [...mended.filter(({ story, step }) => !isExplained(evidence, story, step)).map(violation), ...unasked],
    facts: [
      `${repairs} repairs by the sweep, ${mended.length} of them messages sent anew; ${expired} messages expired`,
    ],
  };
};

/** Back to pending in the same round: the message of this attempt is sent anew. What was parked has no message. */
const isRepair = ({ before, after }: Step): boolean =>
  after?.status === 'pending' &&
  before !== undefined &&
  before.roundStart === after.roundStart &&
  ['pending', 'sent', 'retrying'].includes(before.status);

/**
 * A message that expired names its delivery. A retry may also be missing because its message died of faults before anybody
 * enqueued the next one: the sweep finds such a message in the dead-letter queue.
 */
function isExplained({ faults }: Evidence, { id, base }: DeliveryStory, { before, after }: Step): boolean {
  return faults.some(({ kind, at, about }) => {
    if (at > (after?.updatedAt ?? 0)) return false;
    if (kind === 'message expired') return about.includes(id);
    return (
      before?.status === 'retrying' && HINDRANCES.includes(kind) && (about.includes(base) || kind === 'stack restarted')
    );
  });
}

const violation = ({ story, step }: { readonly story: DeliveryStory; readonly step: Step }): Violation => ({
  rule: EXPLAINED,
  text: `${story.id} was mended while ${step.before?.status}, and its message was not lost`,
  base: story.base,
});
