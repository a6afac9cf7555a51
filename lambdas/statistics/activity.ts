import type { Activity } from '../configuration/activity';
import type { Table } from '../store/table/table';
import { ATTRIBUTES, readNumber } from './counts';
import type { CountsItem } from './items';
import { readLifetimes } from './lifetime';

/** Events of each source, and when the latest was accepted; in the order of the sources. */
export async function activityOfSources(
  table: Table,
  sources: readonly { readonly id: string; readonly environment: string }[],
): Promise<Activity[]> {
  const environments = [...new Set(sources.map(({ environment }) => environment))];
  const items = await readLifetimes(
    table,
    environments.map((environment) => ({ environment })),
  );
  const byEnvironment = new Map(environments.map((environment, index) => [environment, items[index]]));
  return sources.map(({ id, environment }) => activityIn(byEnvironment.get(environment), id));
}

/** Deliveries over each connection, and when the event of the latest was accepted; in the order of the connections. */
export async function activityOfConnections(
  table: Table,
  connections: readonly { readonly id: string; readonly destination: string }[],
): Promise<Activity[]> {
  const destinations = [...new Set(connections.map(({ destination }) => destination))];
  const items = await readLifetimes(
    table,
    destinations.map((destination) => ({ destination })),
  );
  const byDestination = new Map(destinations.map((destination, index) => [destination, items[index]]));
  return connections.map(({ id, destination }) => activityIn(byDestination.get(destination), id));
}

/** Deliveries to each destination, and when the latest was delivered; in the order of the destinations. */
export async function activityOfDestinations(
  table: Table,
  destinations: readonly { readonly id: string }[],
): Promise<Activity[]> {
  const items = await readLifetimes(
    table,
    destinations.map(({ id }) => ({ destination: id })),
  );
  return items.map((item) => {
    const at = readNumber(item, ATTRIBUTES.lastDelivered);
    return { count: readNumber(item, ATTRIBUTES.made), lastAt: at === 0 ? null : new Date(at).toISOString() };
  });
}

function activityIn(item: CountsItem | undefined, id: string): Activity {
  const last = item?.[ATTRIBUTES.lastOf(id)];
  return { count: readNumber(item, ATTRIBUTES.of(id)), lastAt: typeof last === 'string' ? last : null };
}
