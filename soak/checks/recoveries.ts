import { DEAD_STATUSES } from '../../lambdas/domain/delivery';
import type { Check, Evidence, Violation } from '../evidence/evidence';
import { type DeliveryStory, lastImage } from '../evidence/families';
import type { RecoveryImage } from '../evidence/recoveries';

const RULE = 'every recovery ends, counts what it has replayed, and leaves nothing out unless it was cancelled';

/** Clocks are the same; a list may be a moment behind the table. */
const SLACK_MS = 1_000;

/** Recoveries against the deliveries that bear their names. */
export const checkRecoveries: Check = (evidence) => {
  const stories = evidence.families.flatMap(({ deliveries }) => deliveries);
  const count = (status: string) => evidence.recoveries.filter((one) => one.status === status).length;
  return {
    violations: evidence.recoveries.flatMap((recovery) =>
      [...ended(evidence, recovery), ...counted(recovery, stories), ...complete(recovery, stories)].map(
        (text): Violation => ({ rule: RULE, text: `${recovery.id} ${text}` }),
      ),
    ),
    facts: [
      `${count('done')} recoveries done, ${count('cancelled')} cancelled, ` +
        `${evidence.recoveries.reduce((sum, { replayed }) => sum + replayed, 0)} deliveries replayed by them`,
    ],
  };
};

function ended({ actions }: Evidence, { id, status, plan, attPk, finishedAt }: RecoveryImage): string[] {
  const open = status === 'running' || plan !== undefined || attPk !== undefined || finishedAt === undefined;
  const cancelled = actions.some(
    (one) => one.kind === 'cancel recovery' && one.about.includes(id) && one.status === 200,
  );
  return [
    ...(open ? [`is ${status} and not at its end`] : []),
    ...(cancelled && status !== 'cancelled' ? [`was cancelled and is ${status}`] : []),
  ];
}

function counted({ id, seen, replayed, skipped }: RecoveryImage, stories: readonly DeliveryStory[]): string[] {
  const own = stories.filter(({ steps }) => steps.some(({ after }) => after?.recovery === id)).length;
  return [
    ...(replayed === own ? [] : [`counts ${replayed} replayed, and ${own} deliveries were`]),
    ...(seen === replayed + skipped ? [] : [`has seen ${seen}, which is not ${replayed} + ${skipped}`]),
  ];
}

/** What was dead in its range before it began and stayed so until it was done: there must be no such delivery. */
function complete(recovery: RecoveryImage, stories: readonly DeliveryStory[]): string[] {
  if (recovery.status !== 'done') return [];
  const [begun, done] = [Date.parse(recovery.createdAt), Date.parse(recovery.finishedAt ?? '')];
  const left = stories.filter(({ steps }) =>
    steps.some(({ after }, index) => {
      if (after === undefined || !DEAD_STATUSES.includes(after.status)) return false;
      const until = steps[index + 1]?.after?.updatedAt ?? Number.POSITIVE_INFINITY;
      return after.updatedAt < begun - SLACK_MS && until > done + SLACK_MS;
    }),
  );
  return left
    .filter((story) => lastImage(story)?.dst === recovery.destination)
    .map(({ id }) => `is done and has left out ${id}`);
}
