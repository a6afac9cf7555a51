import { type Connection, type Destination, getConnection, getDestination } from '../store/configuration';
import type { Table } from '../store/table';

/** What rows are about, by identifier; what was deleted is missing. */
export interface Surroundings {
  readonly destinations: ReadonlyMap<string, Destination>;
  readonly connections: ReadonlyMap<string, Connection>;
}

interface Placed {
  readonly environment: string;
  readonly destination: string;
  readonly connection: string;
}

/** Reads the destinations of rows, each once. */
export async function destinationsOf(
  table: Table,
  rows: readonly Pick<Placed, 'environment' | 'destination'>[],
): Promise<Map<string, Destination>> {
  const wanted = new Map(rows.map(({ destination, environment }) => [destination, environment]));
  const found = await Promise.all([...wanted].map(([id, environment]) => getDestination(table, environment, id)));
  return byId(found);
}

/** Reads the destinations and connections of rows, each once. */
export async function surroundingsOf(table: Table, rows: readonly Placed[]): Promise<Surroundings> {
  const wanted = new Map(rows.map(({ connection, environment }) => [connection, environment]));
  const [destinations, found] = await Promise.all([
    destinationsOf(table, rows),
    Promise.all([...wanted].map(([id, environment]) => getConnection(table, environment, id))),
  ]);
  return { destinations, connections: byId(found) };
}

const byId = <Item extends { readonly id: string }>(found: readonly (Item | undefined)[]): Map<string, Item> =>
  new Map(found.filter((one) => one !== undefined).map((one) => [one.id, one]));
