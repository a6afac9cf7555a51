import * as z from 'zod';
import { LocalStackError } from '../errors';
import { queueArn, queueNameOf } from '../sqs/queue-url';
import type { Deployment } from '../template/deployment';
import { ignored, tags } from '../template/property-schemas';
import { ACCOUNT_ID } from '../template/template';
import { CONDITION_KEYS } from './need';

const document = z.record(z.string(), z.unknown());

/** A policy in the library's format; `policy` is the document. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: Readonly<Record<string, unknown>>;
}

/** All policies of the template. */
export interface Policies {
  /** What each role may do, by its ARN. */
  readonly ofRoles: ReadonlyMap<string, readonly NamedPolicy[]>;
  /** Resource policies, by ARN. */
  readonly ofResources: ReadonlyMap<string, NamedPolicy['policy']>;
}

// Permission boundaries would have to be evaluated, so they are refused like every other property that is not here.
const roleProperties = z.strictObject({
  RoleName: z.string().optional(),
  AssumeRolePolicyDocument: ignored,
  Description: ignored,
  ManagedPolicyArns: z.array(z.string()).default([]),
  MaxSessionDuration: ignored,
  Path: ignored,
  Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument: document })).default([]),
  ...tags,
});

const policyProperties = z.strictObject({
  PolicyName: z.string(),
  PolicyDocument: document,
  Roles: z.array(z.string()).default([]),
});

const managedPolicyProperties = z.strictObject({
  ManagedPolicyName: z.string().optional(),
  Description: ignored,
  Path: ignored,
  PolicyDocument: document,
  Roles: z.array(z.string()).default([]),
});

const queuePolicyProperties = z.strictObject({ PolicyDocument: document, Queues: z.array(z.string()) });
const keyProperties = z.looseObject({ KeyPolicy: document });

/**
 * Reads the template's policies with references resolved: the resources that they name have to be deployed.
 *
 * @throws LocalStackError for a policy that the local stack cannot evaluate: one that AWS manages, or one with unknown
 *   condition keys
 */
export function readPolicies(deployment: Deployment): Policies {
  const managed = managedPolicies(deployment);
  const attached = attachedPolicies(deployment);
  const roles = deployment.resources('AWS::IAM::Role', roleProperties).map(({ logicalId, name, properties }) => {
    const inline = properties.Policies.map((one) => ({ name: one.PolicyName, policy: one.PolicyDocument }));
    const named = properties.ManagedPolicyArns.map((arn) => managed.get(arn) ?? unknownPolicy(logicalId, arn));
    return [deployment.attribute(logicalId, 'Arn'), [...inline, ...named, ...(attached.get(name) ?? [])]] as const;
  });
  const policies = { ofRoles: new Map(roles), ofResources: resourcePolicies(deployment) };
  for (const { name, policy } of [...policies.ofRoles.values()].flat()) assertKnownConditions(name, policy);
  for (const [arn, policy] of policies.ofResources) assertKnownConditions(`of ${arn}`, policy);
  return policies;
}

/** By ARN. */
function managedPolicies(deployment: Deployment): Map<string, NamedPolicy> {
  const arnOf = (name: string) => `arn:aws:iam::${ACCOUNT_ID}:policy/${name}`;
  for (const { logicalId, name } of deployment.names('AWS::IAM::ManagedPolicy'))
    deployment.register(logicalId, { ref: arnOf(name), attributes: {} });
  const found = deployment.resources('AWS::IAM::ManagedPolicy', managedPolicyProperties);
  return new Map(
    found.map(({ name, properties }) => [arnOf(name), { name, policy: properties.PolicyDocument }] as const),
  );
}

/** Those that name their roles themselves, by the role's name. */
function attachedPolicies(deployment: Deployment): Map<string, NamedPolicy[]> {
  const byRole = new Map<string, NamedPolicy[]>();
  const found = [
    ...deployment.resources('AWS::IAM::Policy', policyProperties),
    ...deployment.resources('AWS::IAM::ManagedPolicy', managedPolicyProperties),
  ];
  for (const { name, properties } of found)
    for (const role of properties.Roles)
      byRole.set(role, [...(byRole.get(role) ?? []), { name, policy: properties.PolicyDocument }]);
  return byRole;
}

function resourcePolicies(deployment: Deployment): Map<string, NamedPolicy['policy']> {
  const ofKeys = deployment
    .resources('AWS::KMS::Key', keyProperties)
    .map(({ logicalId, properties }) => [deployment.attribute(logicalId, 'Arn'), properties.KeyPolicy] as const);
  const ofQueues = deployment
    .resources('AWS::SQS::QueuePolicy', queuePolicyProperties)
    .flatMap(({ properties: { PolicyDocument, Queues } }) =>
      Queues.map((url) => [queueArn(queueNameOf(url)), PolicyDocument] as const),
    );
  return new Map([...ofKeys, ...ofQueues]);
}

function unknownPolicy(role: string, arn: string): never {
  throw new LocalStackError(`The local stack cannot run ${role}: its policy ${arn} is not in the template.`);
}

function assertKnownConditions(name: string, policy: NamedPolicy['policy']): void {
  const statements: unknown[] = [policy.Statement].flat();
  const keys = statements
    .flatMap((statement) => Object.values(Object(statement).Condition ?? {}))
    .flatMap((operands) => Object.keys(Object(operands)));
  const unknown = keys.find((key) => !CONDITION_KEYS.has(key));
  if (unknown !== undefined)
    throw new LocalStackError(`The local stack cannot judge the policy ${name}: it does not know ${unknown}.`);
}
