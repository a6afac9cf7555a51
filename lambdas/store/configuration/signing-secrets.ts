import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Destination } from '../../configuration/destination';
import type { SigningSecrets } from '../../domain/signing-secrets';
import { destinationKey } from '../table/addresses';
import { writeIf } from '../table/conditions';
import { type Change, updateOf, withCondition } from '../table/expressions';
import type { Table } from '../table/table';

/**
 * Writes the signing secrets of a destination, unless they were rotated since it was read: every rotation changes the
 * newest secret.
 *
 * @param destination as it was read
 * @returns false if they were rotated, or the destination was deleted, in the meantime
 */
export async function writeSecrets(
  table: Table,
  destination: Destination,
  { signingSecrets, retiringSecrets = [] }: SigningSecrets,
  now: number,
): Promise<boolean> {
  const set = { signingSecrets, updatedAt: new Date(now).toISOString() };
  const change: Change =
    retiringSecrets.length > 0 ? { set: { ...set, retiringSecrets } } : { set, remove: ['retiringSecrets'] };
  const parts = withCondition(updateOf(change), '#signingSecrets[0] = :current', {
    values: { ':current': destination.signingSecrets[0] },
  });
  const Key = destinationKey(destination.environment, destination.id);
  return (await writeIf(table, new UpdateCommand({ TableName: table.name, Key, ...parts }))).kind === 'done';
}
