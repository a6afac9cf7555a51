import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { type Destination, parseDestination } from '../../configuration/destination';
import { isConfigurationId } from '../../domain/identifiers';
import { destinationKey } from '../table/addresses';
import { getRecentItem } from '../table/reads';
import type { Table } from '../table/table';
import { changing, creation, getting, listing } from './items';

export const getDestination = getting('dst', destinationKey, parseDestination);
export const listDestinations = listing(destinationKey, parseDestination);
export const changeDestination = changing(destinationKey, parseDestination);

/** Writes a new destination. */
export async function putDestination(table: Table, item: Destination): Promise<void> {
  await table.documents.send(new PutCommand(creation(table, destinationKey(item.environment, item.id), item)));
}

/**
 * A destination as it was a moment ago, at half the price of {@link getDestination}. One that was just made is found.
 */
export async function getRecentDestination(
  table: Table,
  environment: string,
  id: string,
): Promise<Destination | undefined> {
  const item = isConfigurationId(id, 'dst') ? await getRecentItem(table, destinationKey(environment, id)) : undefined;
  return item === undefined ? undefined : parseDestination(item);
}
