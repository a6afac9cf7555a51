import type { Functions } from '../lambda/functions';
import type { Deployment } from '../template/deployment';
import { Landscape } from './landscape';
import { Permissions, type PermissionsOptions } from './permissions';
import { readPolicies } from './policies';

/**
 * Reads the policies. Everything that they name has to be deployed.
 *
 * @throws LocalStackError for a policy that the local stack cannot evaluate
 */
export function deployPermissions(
  deployment: Deployment,
  functions: Functions,
  { log = () => {}, decided = () => {} }: Partial<Pick<PermissionsOptions, 'log' | 'decided'>>,
): Permissions {
  const principals = functions
    .all()
    .map(({ config: { logicalId, roleArn, name } }) => [logicalId, { roleArn, session: name }] as const);
  return new Permissions({
    policies: readPolicies(deployment),
    landscape: new Landscape(deployment),
    functions: new Map(principals),
    log,
    decided,
  });
}
