import { connectionOrRemoved, destinationOrRemoved } from '../store/configuration/removal';
import type { Table } from '../store/table/table';

/** What history shows of a destination, even of a deleted one. */
export interface NamedDestination {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** Absent for a deleted one. */
  readonly method?: string | undefined;
}

/** What history shows of a connection, even of a deleted one. */
export interface NamedConnection {
  readonly id: string;
  readonly name: string;
}

/** The destinations and connections of rows, by identifier. */
export interface Surroundings {
  readonly destinations: ReadonlyMap<string, NamedDestination>;
  readonly connections: ReadonlyMap<string, NamedConnection>;
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
): Promise<Map<string, NamedDestination>> {
  const wanted = new Map(rows.map(({ destination, environment }) => [destination, environment]));
  const found = await Promise.all([...wanted].map(([id, environment]) => destinationOrRemoved(table, environment, id)));
  return byId(found);
}

/** Reads the destinations and connections of rows, each once. */
export async function surroundingsOf(table: Table, rows: readonly Placed[]): Promise<Surroundings> {
  const wanted = new Map(rows.map(({ connection, environment }) => [connection, environment]));
  const [destinations, found] = await Promise.all([
    destinationsOf(table, rows),
    Promise.all([...wanted].map(([id, environment]) => connectionOrRemoved(table, environment, id))),
  ]);
  return { destinations, connections: byId(found) };
}

const byId = <Item extends { readonly id: string }>(found: readonly (Item | undefined)[]): Map<string, Item> =>
  new Map(found.filter((one) => one !== undefined).map((one) => [one.id, one]));
