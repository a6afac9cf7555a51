import type { Check, Evidence, Violation } from '../evidence/evidence';
import { type DeliveryStory, type Family, lastImage, recordedAttempts } from '../evidence/families';
import { mayHaveWorked } from '../workload/actions';
import type { Target } from '../workload/configure';
import { publicationsByFingerprint } from './acceptance';

const RULE = 'what a schema refuses is recorded as refused and never sent, and nothing else is refused';

/** A batch that is being routed may have read the schema so long before it writes the refusal. */
const SLACK_MS = 10_000;

/** Deliveries against the schemas of their connections. Whether a refused one may be open in the end is not judged here. */
export const checkSchemas: Check = (evidence) => {
  const byConnection = new Map(evidence.targets.map((target) => [target.connection, target]));
  let refusals = 0;
  const violations = evidence.families.flatMap((family) =>
    family.deliveries.flatMap((story) => {
      const target = byConnection.get(lastImage(story)?.con ?? '');
      if (target === undefined) return [];
      const refused = refusalsOf(story);
      refusals += refused.length;
      const problems = [...judge(evidence, target, family, story, refused), ...problemsOfRecord(story, refused)];
      return problems.map((text): Violation => ({ rule: RULE, text: `${story.id}: ${text}`, base: story.base }));
    }),
  );
  return { violations, facts: [`${refusals} refusals by a schema`] };
};

/** When it was refused, milliseconds since the epoch. */
const refusalsOf = ({ steps }: DeliveryStory): number[] =>
  steps.flatMap(({ before, after }) =>
    after?.status === 'schema_failed' && before?.status !== 'schema_failed' ? [after.updatedAt] : [],
  );

function judge(
  evidence: Evidence,
  { role, connection }: Target,
  family: Family,
  { steps }: DeliveryStory,
  refused: readonly number[],
): string[] {
  const plan = publicationsByFingerprint(evidence).get(family.fingerprint)?.plan;
  if (plan === undefined) return [];
  const matches = plan.serial % (role.takesMultiplesOf ?? 1) === 0;
  if (matches) return refused.length === 0 ? [] : ['it was refused, and its schema takes it'];
  const removals = evidence.actions.filter(
    (action) => action.kind === 'remove schema' && action.about.includes(connection) && mayHaveWorked(action),
  );
  const begun = Math.min(...removals.map(({ from }) => from));
  const done = Math.min(...removals.filter(({ status }) => status === 200).map(({ until }) => until));
  return [
    ...(refused.some((at) => at > done + SLACK_MS) ? ['it was refused by a schema that had been removed'] : []),
    ...(steps.some(({ after }) => after?.status === 'sent' && after.updatedAt < begun)
      ? ['it was claimed, and its schema refuses it']
      : []),
  ];
}

/** Every refusal is an attempt that sent nothing. */
function problemsOfRecord(story: DeliveryStory, refused: readonly number[]): string[] {
  const attempts = recordedAttempts(story).filter(({ errorCode }) => errorCode === 'schema_invalid');
  return [
    ...(attempts.length === refused.length ? [] : [`${refused.length} refusals, ${attempts.length} of them recorded`]),
    ...(attempts.some(({ exchanges }) => exchanges.length > 0) ? ['something was sent although it was refused'] : []),
  ];
}
