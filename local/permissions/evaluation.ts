import { runSimulation, runUnsafeSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import { LocalStackError } from '../errors';
import { ACCOUNT_ID } from '../template/template';
import type { Need } from './need';
import type { Policies } from './policies';

/** A key outside the template is assumed to have the default policy, which leaves permissions to IAM. */
const USUAL_KEY_POLICY = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` }, Action: 'kms:*', Resource: '*' },
  ],
};

/** The library's word for an action that IAM's reference knows no resources for. */
const WITHOUT_RESOURCES = 'must.use.wildcard';

/**
 * Whether the policies let a role do something.
 *
 * @throws LocalStackError when a policy is not valid, or IAM does not know the action or the resource
 */
export async function isAllowed(policies: Policies, roleArn: string, need: Need): Promise<boolean> {
  const simulation = simulationOf(policies, roleArn, need);
  const outcome = await runSimulation(simulation, {});
  if (outcome.resultType !== 'error') return outcome.overallResult === 'Allowed';
  // What Lambda requires of the role includes an action that lists all streams, granted on that one stream.
  if (outcome.errors.message === WITHOUT_RESOURCES) return runUnsafeSimulation(simulation, {}) === 'Allowed';
  throw new LocalStackError(`${need.action} on ${need.resource} cannot be judged: ${JSON.stringify(outcome.errors)}.`);
}

function simulationOf({ ofRoles, ofResources }: Policies, roleArn: string, need: Need): Simulation {
  const { action, resource, context = {} } = need;
  return {
    request: {
      principal: roleArn,
      action,
      resource: { resource, accountId: ACCOUNT_ID },
      // On AWS every call comes over TLS; the local engines speak plain HTTP.
      contextVariables: { 'aws:SecureTransport': 'true', ...context },
    },
    identityPolicies: [...(ofRoles.get(roleArn) ?? [])],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: ofResources.get(resource) ?? (action.startsWith('kms:') ? USUAL_KEY_POLICY : undefined),
  };
}
