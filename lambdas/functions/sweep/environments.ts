import type { Destination } from '../../configuration/destination';
import { listEnvironments, listOrganizations } from '../../store/access/api-keys';
import { listDestinations } from '../../store/configuration/destinations';
import { listOrphans, type Orphans } from '../../store/configuration/orphans';
import type { Table } from '../../store/table/table';

/** What a run knows about an environment. */
export interface SweptEnvironment {
  readonly id: string;
  readonly destinations: readonly Destination[];
  /** Deleted destinations that deliveries may still wait for. */
  readonly orphans: readonly Orphans[];
}

/** All environments with their destinations, read once per run. */
export async function readEnvironments(table: Table): Promise<SweptEnvironment[]> {
  const environments: SweptEnvironment[] = [];
  for (const organization of await listOrganizations(table)) {
    for (const id of await listEnvironments(table, organization)) {
      const [destinations, orphans] = await Promise.all([listDestinations(table, id), listOrphans(table, id)]);
      environments.push({ id, destinations, orphans });
    }
  }
  return environments;
}
