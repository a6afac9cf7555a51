import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Destination } from '../../configuration/destination';
import { isConfigurationId } from '../../domain/identifiers';
import { destinationKey } from '../table/addresses';
import { EXISTS, writeIf } from '../table/conditions';
import { type Change, updateOf, withCondition } from '../table/expressions';
import type { Table } from '../table/table';

/** The breaker's members of a destination. Pausing and resuming open and close it by hand. */
const BREAKER_MEMBERS = ['failures', 'circuit'] as const;

/** The change that pauses a destination. */
export function pauseChange(pausedBecause: NonNullable<Destination['pausedBecause']>, at: string): Change {
  return {
    set: { status: 'paused', updatedAt: at, pausedBecause, pausedAt: at },
    remove: ['drainingSince', ...BREAKER_MEMBERS],
  };
}

/** The change that pauses or resumes a destination by hand. Resuming closes its circuit, and drains what is parked. */
export function statusChange(status: Destination['status'], updatedAt: string): Change {
  if (status === 'paused') return pauseChange('operator', updatedAt);
  const set = { status, updatedAt, drainingSince: Date.parse(updatedAt) };
  return { set, remove: ['pausedBecause', 'pausedAt', ...BREAKER_MEMBERS] };
}

/**
 * Whether deliveries may be parked for a destination. Whatever stops parking starts draining, and draining ends only
 * when nothing is parked any more.
 */
export function mayHaveParked({ status, circuit, drainingSince }: Destination): boolean {
  return status === 'paused' || circuit !== undefined || drainingSince !== undefined;
}

/**
 * Pauses or resumes a destination.
 *
 * @returns false when it does not exist
 */
export async function setDestinationStatus(
  table: Table,
  environment: string,
  id: string,
  status: Destination['status'],
  updatedAt: string,
): Promise<boolean> {
  if (!isConfigurationId(id, 'dst')) return false;
  const parts = withCondition(updateOf(statusChange(status, updatedAt)), EXISTS);
  const command = new UpdateCommand({ TableName: table.name, Key: destinationKey(environment, id), ...parts });
  return (await writeIf(table, command)).kind === 'done';
}

/** Records that nothing is parked any more, unless draining was started again since the destination was read. */
export async function endDraining(table: Table, { environment, id, drainingSince }: Destination): Promise<void> {
  const change = updateOf({ set: {}, remove: ['drainingSince'] });
  const parts = withCondition(change, '#drainingSince = :read AND attribute_not_exists(circuit)', {
    values: { ':read': drainingSince },
  });
  await writeIf(table, new UpdateCommand({ TableName: table.name, Key: destinationKey(environment, id), ...parts }));
}
