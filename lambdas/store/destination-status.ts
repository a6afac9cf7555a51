import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isConfigurationId } from '../domain/identifiers';
import { destinationKey } from './addresses';
import { expectConditionFailure } from './conditions';
import type { Destination } from './configuration';
import { type Change, updateOf, withCondition } from './expressions';
import type { Table } from './table';

/** What pausing or resuming changes in a destination. */
export function statusChange(status: Destination['status'], updatedAt: string): Change {
  if (status === 'active') return { set: { status, updatedAt, draining: true }, remove: ['pausedBecause', 'pausedAt'] };
  return { set: { status, updatedAt, pausedBecause: 'operator', pausedAt: updatedAt }, remove: ['draining'] };
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
  const parts = withCondition(updateOf(statusChange(status, updatedAt)), 'attribute_exists(pk)');
  try {
    await table.documents.send(
      new UpdateCommand({ TableName: table.name, Key: destinationKey(environment, id), ...parts }),
    );
    return true;
  } catch (error) {
    expectConditionFailure(error);
    return false;
  }
}

/** Notes that nothing is parked any more, unless the destination was changed since it was read. */
export async function endDraining(table: Table, { environment, id, updatedAt }: Destination): Promise<void> {
  const change = updateOf({ set: {}, remove: ['draining'] });
  const parts = withCondition(change, 'updatedAt = :read', { values: { ':read': updatedAt } });
  try {
    await table.documents.send(
      new UpdateCommand({ TableName: table.name, Key: destinationKey(environment, id), ...parts }),
    );
  } catch (error) {
    expectConditionFailure(error);
  }
}
