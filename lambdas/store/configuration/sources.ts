import * as z from 'zod/mini';
import { parseSource, type Source } from '../../configuration/source';
import { isConfigurationId } from '../../domain/identifiers';
import { sourceAddressKey, sourceKey } from '../table/addresses';
import { getItem } from '../table/reads';
import type { Table } from '../table/table';
import { transact } from '../table/transact';
import { changing, creation, getting, listing } from './items';

export const getSource = getting('src', sourceKey, parseSource);
export const listSources = listing(sourceKey, parseSource);
export const changeSource = changing(sourceKey, parseSource);

/** Writes a new source, and the address item by which ingest finds its environment. */
export async function putSource(table: Table, item: Source): Promise<void> {
  const { id, environment } = item;
  const { kind } = await transact(table, [
    { Put: creation(table, sourceKey(environment, id), item) },
    { Put: creation(table, sourceAddressKey(id), { environment }) },
  ]);
  if (kind === 'refused') throw new Error(`There is a source ${id} already.`);
}

/** A source by its id alone. */
export async function findSource(table: Table, id: string): Promise<Source | undefined> {
  if (!isConfigurationId(id, 'src')) return undefined;
  const address = await getItem(table, sourceAddressKey(id));
  return address && getSource(table, z.object({ environment: z.string() }).parse(address).environment, id);
}
