import type { DeliveryStatus } from '../../lambdas/domain/delivery';
import { eventId } from '../../lambdas/domain/identifiers';
import type { Check, Violation } from '../evidence/evidence';
import { type Family, lastImage } from '../evidence/families';
import { groupBy } from '../evidence/group';

const RULE = 'every event is listed once, with the status that its deliveries give it';

/** The list of events against what became of their deliveries. */
export const checkEventStatuses: Check = ({ families, listed }) => {
  const rows = groupBy(listed, ({ id }) => id);
  const violations = families.flatMap((family): Violation[] => {
    const id = eventId(family.base);
    const shown = (rows.get(id) ?? []).map(({ status }) => status).join() || 'nowhere';
    const expected = expectedStatus(family);
    return shown === expected
      ? []
      : [{ rule: RULE, text: `${id} is listed as ${shown}, and should be ${expected}`, base: family.base }];
  });
  return { violations };
};

const NEVER_TAKEN: readonly DeliveryStatus[] = ['failed', 'schema_failed'];

/** What the documentation says of the status of an event, by its deliveries. */
export function expectedStatus({ deliveries }: Family): string {
  const statuses = deliveries.flatMap((story) => lastImage(story)?.status ?? []);
  if (statuses.length === 0) return 'pending';
  if (statuses.every((status) => status === 'delivered')) return 'delivered';
  if (statuses.some((status) => ['pending', 'sent', 'retrying', 'circuit_open'].includes(status))) return 'pending';
  return statuses.every((status) => NEVER_TAKEN.includes(status)) ? 'failed' : 'partial';
}
