import { eventId, parseFamilyId } from '../../lambdas/domain/identifiers';
import type { Check, Evidence, Violation } from '../evidence/evidence';
import { type Family, fingerprintOf } from '../evidence/families';
import { groupBy } from '../evidence/group';
import type { Publication } from '../workload/publish';

const RULE = 'every accepted event is stored, once for each key, and no other';

const indexes = new WeakMap<Evidence, ReadonlyMap<string, Publication>>();

/** Publications by what tells their payload from all others. */
export function publicationsByFingerprint(evidence: Evidence): ReadonlyMap<string, Publication> {
  const known = indexes.get(evidence);
  if (known !== undefined) return known;
  const entries = evidence.publications.map(
    (one) => [fingerprintOf(one.plan.contentType, one.plan.bytes), one] as const,
  );
  const index = new Map(entries);
  indexes.set(evidence, index);
  return index;
}

const baseOf = (id: string): string | undefined => parseFamilyId(id, 'evt')?.base;

/** What callers were told against what is stored. */
export const checkAcceptance: Check = (evidence) => {
  const stored = groupBy(evidence.families, ({ fingerprint }) => fingerprint);
  const known = publicationsByFingerprint(evidence);
  const unknown = evidence.families.filter(({ fingerprint }) => !known.has(fingerprint));
  const violations = [
    ...[...known].flatMap(([fingerprint, publication]) => judge(publication, stored.get(fingerprint) ?? [])),
    ...unknown.map(({ base }) => violation(`${eventId(base)} is stored and was never published`, base)),
  ];
  const accepted = evidence.publications.filter((one) => one.accepted.length > 0).length;
  const unheard = evidence.families.length - accepted;
  const facts = [`${accepted} events were accepted, ${unheard} more are stored although their callers heard no answer`];
  return { violations, facts };
};

function judge(publication: Publication, families: readonly Family[]): Violation[] {
  const { plan, accepted, calls } = publication;
  const problems: Violation[] = [];
  const bases = families.map(({ base }) => base);
  for (const id of new Set(accepted))
    if (!bases.includes(baseOf(id) ?? ''))
      problems.push(violation(`${id} was accepted (payload ${plan.serial}) and is not stored`, baseOf(id)));
  if (plan.key !== undefined && new Set(accepted).size > 1)
    problems.push(violation(`one Idempotency-Key was answered with ${[...new Set(accepted)].join(' and ')}`, bases[0]));
  const most = plan.key === undefined ? calls : 1;
  if (families.length > most)
    problems.push(
      violation(`payload ${plan.serial} was sent ${calls} times and is stored ${families.length} times`, bases[0]),
    );
  return problems;
}

const violation = (text: string, base: string | undefined): Violation => ({ rule: RULE, text, base });
