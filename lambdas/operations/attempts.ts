import type { AttemptOutcome } from '../domain/attempt-state';
import { parseFamilyId } from '../domain/identifiers';
import type { Principal } from '../http/authentication';
import { type DeliveryFamily, familyOf } from '../store/deliveries/deliveries';
import { type AttemptMatch, listAttempts, matchesAttempt } from '../store/lists/attempt-lists';
import { type AttemptRow, comingRow, firstRow, listedAttempt, listedDeath } from '../store/lists/attempt-rows';
import { EMPTY_PAGE, type Page, pageOf, type Window } from '../store/lists/pages';
import { newestFirst } from './deliveries';
import { isOwn } from './ownership';
import type { Ports } from './ports';
import { type ScopeRequest, scopeOf } from './scope';

/** Which attempts to list; times are ISO 8601 and inclusive. */
export interface AttemptQuery extends ScopeRequest {
  readonly eventId?: string | undefined;
  readonly outcome?: AttemptOutcome | undefined;
  /** Only attempts that a delivery died on, while its dead letter is open; times then mean the deaths. */
  readonly deadLetters?: boolean | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** A page of the caller's attempts, newest first. */
export async function pageOfAttempts(
  ports: Ports,
  caller: Principal,
  query: AttemptQuery,
  window: Window,
): Promise<Page<AttemptRow>> {
  if (query.eventId !== undefined) return pageOfEvent(ports, caller, query, query.eventId, window);
  const scope = await scopeOf(ports.table, caller, query);
  if (!scope) return EMPTY_PAGE;
  const { outcome, deadLetters, from, to } = query;
  return listAttempts(ports.table, { ...scope, outcome, deadLetters, from, to }, window, ports.shards);
}

/** An event's attempts share its partition: all of them are read, including coming ones, and filtered here. */
async function pageOfEvent(
  { table }: Ports,
  caller: Principal,
  query: AttemptQuery,
  eventId: string,
  window: Window,
): Promise<Page<AttemptRow>> {
  const address = parseFamilyId(eventId, 'evt');
  const families = address ? await familyOf(table, address.base) : [];
  const own = families.filter(({ delivery }) => isOwn(caller, delivery));
  const wanted = own.flatMap(rowsOf).filter((row) => matchesAttempt(row, matchOf(query)));
  const listed = query.deadLetters ? wanted.flatMap(listedDeath) : wanted.map(listedAttempt);
  return pageOf(newestFirst(listed.filter(({ sort }) => isWithin(query, sort))), window);
}

function rowsOf({ delivery, later }: DeliveryFamily): AttemptRow[] {
  const coming = comingRow(delivery);
  const made = later.map((attempt) => ({ delivery, number: attempt.number, attempt }));
  return [firstRow(delivery), ...made, ...(coming && coming.number > 1 ? [coming] : [])];
}

const matchOf = ({ destinationId, connectionId, outcome, deadLetters }: AttemptQuery): AttemptMatch => {
  return { destination: destinationId, connection: connectionId, outcome, deadLetters };
};

/** Whether a row's sort key, which begins with a time, is in the range. */
function isWithin({ from, to }: AttemptQuery, sort: string): boolean {
  const [time = ''] = sort.split('#');
  return (from === undefined || time >= from) && (to === undefined || time <= to);
}
