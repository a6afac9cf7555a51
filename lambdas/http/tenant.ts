import { listEnvironments } from '../store/access/api-keys';
import type { Table } from '../store/table/table';
import type { EnvironmentPrincipal, Principal } from './authentication';
import { requireEnvironment } from './authentication';
import { invalid, notFound } from './errors';

/**
 * The environment that a body names: `"default"`, nothing, or the key's own by id or name.
 *
 * @throws ApiError 400 for another tenant, 403 for a key of the whole organization
 */
export function ownEnvironment(
  caller: Principal,
  body: { readonly org_id?: string | undefined; readonly env_id?: string | undefined },
): EnvironmentPrincipal {
  const principal = requireEnvironment(caller);
  const { organization, organizationName, environment, environmentName } = principal;
  check('org_id', body.org_id, [organization, organizationName]);
  check('env_id', body.env_id, [environment, environmentName]);
  return principal;
}

function check(field: string, given: string | undefined, own: readonly (string | undefined)[]): void {
  if (given === undefined || given === 'default' || own.includes(given)) return;
  throw invalid(field, 'must be "default" or the one that the API key belongs to');
}

/** The environments that a caller may read: its own, or all of its organization. */
export async function readableEnvironments(table: Table, { organization, environment }: Principal): Promise<string[]> {
  return environment ? [environment] : listEnvironments(table, organization);
}

/** The first result over the environments that a caller may read. */
export async function findInEnvironments<Found>(
  table: Table,
  caller: Principal,
  find: (environment: string) => Promise<Found | undefined>,
): Promise<Found | undefined> {
  for (const environment of await readableEnvironments(table, caller)) {
    const found = await find(environment);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Checks that an organization in a path, by id or name, is the caller's.
 *
 * @throws ApiError 404 for another one, whether it exists or not
 */
export function requireOrganization({ organization, organizationName }: Principal, given: string): void {
  if (given !== organization && given !== organizationName) throw notFound('Organization', given);
}
