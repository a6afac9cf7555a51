import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { environmentPk, ORPHANS_PREFIX, orphansKey } from '../table/addresses';
import { queryAll } from '../table/reads';
import type { Table } from '../table/table';

const item = z.object({
  /** The destination's. */
  id: z.string(),
  environment: z.string(),
  /** When it was deleted, ISO 8601. */
  updatedAt: z.string(),
});

/** A deleted destination that deliveries may still wait for. */
export type Orphans = z.output<typeof item>;

/** Deleted destinations of an environment that deliveries may still wait for. */
export async function listOrphans(table: Table, environment: string): Promise<Orphans[]> {
  const items = await queryAll(table, environmentPk(environment), ORPHANS_PREFIX);
  return items.map((found) => item.parse(found));
}

/** Records that nothing waits for a deleted destination any more. */
export async function forgetOrphans(table: Table, { environment, id }: Orphans): Promise<void> {
  await table.documents.send(new DeleteCommand({ TableName: table.name, Key: orphansKey(environment, id) }));
}
