import { DEAD_STATUSES } from '../../lambdas/domain/delivery';
import type { Check, Evidence, Violation } from '../evidence/evidence';
import { type DeliveryStory, type Family, lastImage, lettersOf } from '../evidence/families';
import { type Action, mayHaveWorked } from '../workload/actions';
import { publicationsByFingerprint } from './acceptance';

const COMPLETE = 'every event has all its deliveries, each of them once';
const SETTLED = 'every delivery is delivered, or failed with a dead letter, or was deleted by a call';

/** Deliveries against the connections that an event has to match. */
export const checkDeliveries: Check = (evidence) => {
  const stories = evidence.families.flatMap(({ deliveries }) => deliveries);
  const count = (status: string) => stories.filter((story) => lastImage(story)?.status === status).length;
  return {
    violations: [
      ...evidence.families.flatMap((family) => complete(evidence, family)),
      ...stories.flatMap((story) => settled(evidence, story)),
    ],
    facts: [
      `${stories.length} deliveries: ${count('delivered')} delivered, ${count('failed')} failed, ` +
        `${count('partial')} partial, ${count('schema_failed')} refused by a schema`,
    ],
  };
};

const causeOf = ({ steps }: DeliveryStory) => steps[0]?.after?.cause;

function complete(evidence: Evidence, family: Family): Violation[] {
  const to = publicationsByFingerprint(evidence).get(family.fingerprint)?.plan.to ?? [];
  const violation = (text: string): Violation => ({ rule: COMPLETE, text, base: family.base });
  const problems: Violation[] = [];
  for (const [index, { role, connection }] of evidence.targets.entries()) {
    const own = family.deliveries.filter((story) => lastImage(story)?.con === connection);
    const routed = own.filter((story) => causeOf(story) === 'auto').length;
    const wanted = index === 0 || to.includes(role.name);
    const maybe = role.configured === 'deleted' || role.configured === 'connection switched';
    if (routed > 1 || (routed === 1 && !wanted))
      problems.push(violation(`it was routed ${routed} times to ${role.name}`));
    if (routed === 0 && wanted && !maybe) problems.push(violation(`it was never routed to ${role.name}`));
  }
  const repeats = family.deliveries.filter((story) => causeOf(story) !== 'auto');
  const asked = evidence.actions.filter((action) => asksForRepeat(action, family.base));
  if (repeats.length > asked.length)
    problems.push(violation(`${asked.length} calls asked for a new delivery, and ${repeats.length} were made`));
  return problems;
}

/** Identifiers of deliveries and dead letters have the base of their event in them. */
const isAbout = ({ about }: Action, base: string): boolean => about.some((id) => id.includes(base));

const asksForRepeat = (action: Action, base: string): boolean =>
  (action.kind === 'requeue' || action.kind === 'replay item') && mayHaveWorked(action) && isAbout(action, base);

function settled(evidence: Evidence, story: DeliveryStory): Violation[] {
  const status = lastImage(story)?.status;
  const violation = (text: string): Violation[] => [{ rule: SETTLED, text: `${story.id} ${text}`, base: story.base }];
  const { open, closed } = lettersOf(story);
  // What a schema may refuse is a rule of its own.
  if (status === 'delivered' || status === 'schema_failed')
    return open.length === 0 ? [] : violation(`is ${status} and has the open ${open.join()}`);
  if (status === undefined || !DEAD_STATUSES.includes(status)) return violation(`is ${status ?? 'gone'} in the end`);
  if (open.length === 1) return [];
  if (open.length > 1) return violation(`has ${open.length} open dead letters`);
  const closedByCall = evidence.actions.some(
    (action) => mayHaveWorked(action) && closes(action, story.id, closed.at(-1)),
  );
  return closedByCall ? [] : violation(`is ${status}, has no dead letter, and no call has closed one`);
}

/** Whether a call may have closed the last dead letter of a delivery and left the delivery as it was. */
function closes({ kind, about }: Action, delivery: string, letter: string | undefined): boolean {
  if (kind === 'delete dead letter' || kind === 'requeue') return letter !== undefined && about.includes(letter);
  return kind === 'replay item' && about.includes(delivery);
}
