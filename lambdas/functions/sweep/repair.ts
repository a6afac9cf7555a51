import { chunks } from '../../runtime/pools';
import { type Hour, readHours } from '../../statistics/hours';
import { keepPositions, type Positions, readPositions } from '../../store/sweep/sweep-positions';
import type { SweptEnvironment } from './environments';
import type { RepairPorts } from './look-through';
import { type OlderHours, olderHours } from './older-hours';
import { oldestOpen } from './oldest-open';
import { repairLate, repairStranded } from './repair-deliveries';
import { repairEvents } from './repair-events';

/** How many environments are checked at a time. */
const POOL = 8;

/** What one run repaired, and what is left. */
export interface Repairs {
  /** Deliveries whose message had been lost. */
  readonly stranded: number;
  /** Deliveries whose next attempt was long overdue. */
  readonly late: number;
  /** Events that were never routed, or not to the end. */
  readonly unrouted: number;
  /** Age in seconds of the oldest unsettled delivery; 0 if there is none. */
  readonly oldestSeconds: number;
}

/** Finds what nothing else would repair, in all environments, and repairs it. */
export async function repair(ports: RepairPorts, environments: readonly SweptEnvironment[]): Promise<Repairs> {
  const deadline = ports.now() + ports.timeLimitMs;
  const found: Found[] = [];
  for (const pool of chunks(environments, POOL)) {
    if (ports.now() >= deadline) break;
    found.push(...(await Promise.all(pool.map((environment) => repairEnvironment(ports, environment)))));
  }
  const sum = (kind: 'stranded' | 'late' | 'unrouted') => found.reduce((total, one) => total + one[kind], 0);
  const oldest = Math.min(ports.now(), ...found.flatMap((one) => one.oldest ?? []));
  const oldestSeconds = Math.round((ports.now() - oldest) / 1000);
  return { stranded: sum('stranded'), late: sum('late'), unrouted: sum('unrouted'), oldestSeconds };
}

interface Found extends Omit<Repairs, 'oldestSeconds'> {
  /** Milliseconds since the epoch. */
  readonly oldest: number | undefined;
}

async function repairEnvironment(ports: RepairPorts, environment: SweptEnvironment): Promise<Found> {
  const { table, now } = ports;
  const [hours, positions] = await Promise.all([
    readHours(table, environment.id, now()),
    readPositions(table, environment.id),
  ]);
  const older = await olderHours(ports, environment.id, positions);
  const [stranded, late, events, oldest] = await Promise.all([
    repairStranded(ports, environment, ...whereToSearch(hours, older, positions)),
    repairLate(ports, environment, positions.retrying),
    repairEvents(ports, environment, hours, positions.events),
    oldestOpen(ports, environment, [...older.hours, ...hours]),
  ]);
  const moved = { open: stranded.position, retrying: late.position, events: events.position, ...older.positions };
  await keepPositions(table, environment.id, positions, moved);
  return { stranded: stranded.repaired, late: late.repaired, unrouted: events.repaired, oldest };
}

/**
 * Older hours are searched once after each look at all of them, from the oldest on: when counts are wrong, there is
 * nothing to be found, and looking would never end.
 */
function whereToSearch(hours: readonly Hour[], older: OlderHours, { open }: Positions) {
  const begins = older.isNew && older.hours.length > 0;
  return [begins || open !== undefined ? [...older.hours, ...hours] : hours, begins ? undefined : open] as const;
}
