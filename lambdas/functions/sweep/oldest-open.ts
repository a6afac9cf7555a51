import { type Hour, hasMinutes, openMinutes } from '../../statistics/hours';
import { mayHaveParked } from '../../store/configuration/destination-status';
import { attentionPartitions, parkedPartition } from '../../store/lists/partitions';
import { mergedEntries } from '../../store/lists/timeline';
import type { SweptEnvironment } from './environments';
import type { RepairPorts } from './look-through';

/**
 * When the oldest unsettled delivery of an environment was created: one that waits for its next attempt or its
 * destination, or is due. For due ones the counters give the minute, after two days the hour.
 *
 * @param hours oldest first
 * @returns milliseconds since the epoch; undefined if everything is settled
 */
export async function oldestOpen(
  ports: RepairPorts,
  environment: SweptEnvironment,
  hours: readonly Hour[],
): Promise<number | undefined> {
  const times = await Promise.all([oldestWaiting(ports, environment), oldestDue(ports, environment, hours)]);
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

async function oldestWaiting(
  { table, shards }: RepairPorts,
  { id, destinations, orphans }: SweptEnvironment,
): Promise<number | undefined> {
  const parking = [...destinations.filter(mayHaveParked), ...orphans];
  const partitions = [
    ...attentionPartitions([id], ['retrying'], shards),
    ...parking.map((destination) => parkedPartition(destination.id)),
  ];
  for await (const { sort } of mergedEntries(table, partitions, {}, 'oldest first', 1))
    return Date.parse(sort.split('#')[0] ?? '');
  return undefined;
}

async function oldestDue(
  { table, now }: RepairPorts,
  { id }: SweptEnvironment,
  hours: readonly Hour[],
): Promise<number | undefined> {
  const hour = hours.find(({ open }) => open > 0);
  if (!hour || !hasMinutes(hour, now())) return hour?.start;
  const [minute = hour.start] = await openMinutes(table, id, hour.start);
  return minute;
}
