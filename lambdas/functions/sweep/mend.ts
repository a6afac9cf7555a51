import { chunks } from '../../runtime/pools';
import { readHours } from '../../statistics/hours';
import { keepPositions, readPositions } from '../../store/sweep/sweep-positions';
import type { SweptEnvironment } from './environments';
import { mendEvents } from './mend-events';
import { mendLate } from './mend-late';
import { mendStranded } from './mend-stranded';
import { oldestOpen } from './oldest-open';
import type { MendDependencies } from './run';

/** Environments that are looked through side by side. */
const POOL = 8;

/** What was mended in one run, and what is left. */
export interface Repairs {
  /** Deliveries whose message was gone. */
  readonly stranded: number;
  /** Deliveries whose next attempt was long due. */
  readonly late: number;
  /** Events whose routing was cut off. */
  readonly unrouted: number;
  /** Age in seconds of the oldest delivery that is not settled; 0 when all are. */
  readonly oldestSeconds: number;
}

/** Looks through all environments for what nothing else would mend, and mends it. */
export async function mend(deps: MendDependencies, environments: readonly SweptEnvironment[]): Promise<Repairs> {
  const deadline = deps.now() + deps.timeLimitMs;
  const found: Found[] = [];
  for (const pool of chunks(environments, POOL)) {
    if (deps.now() >= deadline) break;
    found.push(...(await Promise.all(pool.map((environment) => mendEnvironment(deps, environment)))));
  }
  const sum = (kind: 'stranded' | 'late' | 'unrouted') => found.reduce((total, one) => total + one[kind], 0);
  const oldest = Math.min(deps.now(), ...found.flatMap((one) => one.oldest ?? []));
  const oldestSeconds = Math.round((deps.now() - oldest) / 1000);
  return { stranded: sum('stranded'), late: sum('late'), unrouted: sum('unrouted'), oldestSeconds };
}

interface Found extends Omit<Repairs, 'oldestSeconds'> {
  /** Milliseconds since the epoch. */
  readonly oldest: number | undefined;
}

async function mendEnvironment(deps: MendDependencies, environment: SweptEnvironment): Promise<Found> {
  const { table, now } = deps;
  const [hours, positions] = await Promise.all([
    readHours(table, environment.id, now()),
    readPositions(table, environment.id),
  ]);
  const [stranded, late, events, oldest] = await Promise.all([
    mendStranded(deps, environment, hours, positions.open),
    mendLate(deps, environment, positions.retrying),
    mendEvents(deps, environment, hours, positions.events),
    oldestOpen(deps, environment, hours),
  ]);
  const moved = { open: stranded.position, retrying: late.position, events: events.position };
  await keepPositions(table, environment.id, positions, moved);
  return { stranded: stranded.mended, late: late.mended, unrouted: events.mended, oldest };
}
