import type { Principal } from '../http/authentication';
import { deleteDeadLetter } from '../store/deliveries/close-dead-letter';
import { getDelivery } from '../store/deliveries/deliveries';
import type { NewDelivery } from '../store/deliveries/new-delivery';
import { repeatDelivery } from '../store/deliveries/repeat-delivery';
import { type DeadLetter, type DeadLetterRow, listDeadLetters } from '../store/lists/dead-letters';
import { EMPTY_PAGE, type Page, type Window } from '../store/lists/pages';
import type { Ports } from './ports';
import { impossible } from './replay';
import { scopeOf } from './scope';

/** Which dead letters to list; times are ISO 8601, inclusive, and mean the deaths. */
export interface DeadLetterQuery {
  readonly destinationId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** A page of the caller's open dead letters, newest first. */
export async function pageOfDeadLetters(
  { table, shards, knownLetters }: Ports,
  caller: Principal,
  { destinationId, from, to }: DeadLetterQuery,
  window: Window,
): Promise<Page<DeadLetterRow>> {
  const scope = await scopeOf(table, caller, { destinationId });
  return scope ? listDeadLetters(table, { ...scope, from, to }, window, { shards, knownLetters }) : EMPTY_PAGE;
}

/**
 * Requeues a dead letter: makes a new delivery of the same event over the same connection, and closes the dead letter.
 *
 * @returns the new delivery, or undefined if the letter was closed in the meantime
 * @throws ApiError 409 if the event is no longer stored
 */
export async function requeue(ports: Ports, letter: DeadLetter): Promise<NewDelivery | undefined> {
  const { table, now } = ports;
  const delivery = await getDelivery(table, letter.base, letter.ordinal);
  if (!delivery) return undefined;
  const answer = await repeatDelivery(table, { delivery, cause: 'requeue', closes: letter, now: now() }, ports);
  if (answer.kind === 'impossible') throw impossible(answer.why);
  return answer.kind === 'done' ? answer.delivery : undefined;
}

/**
 * Deletes a dead letter. Its delivery stays as it is, and a redrive of its message is dropped.
 *
 * @returns false if it was closed in the meantime
 */
export const discard = ({ table }: Ports, letter: DeadLetter): Promise<boolean> => deleteDeadLetter(table, letter);
