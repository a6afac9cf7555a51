import type { z } from 'zod';
import { LocalStackError } from '../errors';
import type { Assembly } from './assembly';
import { resolveIntrinsics, type Scope } from './intrinsics';
import { assertSupported, type EmulatedType } from './supported-types';
import { ACCOUNT_ID, REGION, type TemplateResource } from './template';

/** What `Ref` and `Fn::GetAtt` on a resource resolve to. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** One resource of the template with its properties resolved and checked. */
export interface Resource<Properties> {
  readonly logicalId: string;
  readonly name: string;
  readonly properties: Properties;
}

/** The template while it is being deployed: each part registers what its resources became. */
export class Deployment {
  private readonly identities = new Map<string, Identity>();
  private readonly rewrites: [string, string][] = [];
  private readonly stackParameters: ReadonlyMap<string, string>;
  private readonly scope: Scope = {
    ref: (name) => this.stackParameters.get(name) ?? this.identity(name).ref,
    attribute: (logicalId, name) => this.attribute(logicalId, name),
  };

  constructor(readonly assembly: Assembly) {
    assertSupported(assembly.template);
    const { stackName } = assembly;
    this.stackParameters = new Map([
      ['AWS::StackName', stackName],
      ['AWS::StackId', `arn:aws:cloudformation:${REGION}:${ACCOUNT_ID}:stack/${stackName}/local`],
    ]);
  }

  /** Records what a resource became. */
  register(logicalId: string, identity: Identity): void {
    this.identities.set(logicalId, identity);
  }

  /** Replaces a string assembled from parts, such as the URL that an API would have on AWS. */
  rewrite(from: string, to: string): void {
    this.rewrites.push([from, to]);
  }

  /** What `Fn::GetAtt` on a resource resolves to. */
  attribute(logicalId: string, name: string): string {
    const value = this.identity(logicalId).attributes[name];
    if (value === undefined) throw new LocalStackError(`${logicalId} has no attribute ${name} in the local stack.`);
    return value;
  }

  /** Logical ids and names of all resources of a type, for types whose resources refer to each other. */
  names(type: EmulatedType): { readonly logicalId: string; readonly name: string }[] {
    return this.entries(type).map(({ logicalId, name }) => ({ logicalId, name }));
  }

  /**
   * All resources of a type.
   *
   * @throws LocalStackError naming the resource and the property if it uses something that is not emulated
   */
  resources<Properties>(type: EmulatedType, schema: z.ZodType<Properties>): Resource<Properties>[] {
    return this.entries(type).map(({ logicalId, name, resource }) => ({
      logicalId,
      name,
      properties: this.parse(logicalId, resource, schema),
    }));
  }

  /** The stack's outputs, by key. */
  outputs(): Record<string, string> {
    const outputs = Object.entries(this.assembly.template.Outputs ?? {});
    return Object.fromEntries(outputs.map(([key, { Value }]) => [key, String(this.resolve(Value))]));
  }

  private entries(type: EmulatedType) {
    const { stackName, template } = this.assembly;
    return Object.entries(template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([logicalId, resource]) => ({ logicalId, resource, name: physicalName(stackName, logicalId, resource) }));
  }

  private parse<Properties>(logicalId: string, resource: TemplateResource, schema: z.ZodType<Properties>): Properties {
    const parsed = schema.safeParse(this.resolve(resource.Properties ?? {}));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const detail = issue === undefined ? '' : `${issue.path.join('.')} ${issue.message}`.trim();
    throw new LocalStackError(`The local stack cannot run ${logicalId} (${resource.Type}): ${detail}.`);
  }

  private resolve(value: unknown): unknown {
    return this.rewriteTexts(resolveIntrinsics(value, this.scope));
  }

  private rewriteTexts(value: unknown): unknown {
    if (typeof value === 'string') return this.rewrites.reduce((text, [from, to]) => text.replaceAll(from, to), value);
    if (Array.isArray(value)) return value.map((item) => this.rewriteTexts(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.rewriteTexts(item)]));
  }

  private identity(logicalId: string): Identity {
    const known = this.identities.get(logicalId);
    if (known !== undefined) return known;
    const resource = this.assembly.template.Resources[logicalId];
    if (resource === undefined)
      throw new LocalStackError(`The template refers to ${logicalId}, which it does not have.`);
    return inertIdentity(physicalName(this.assembly.stackName, logicalId, resource), resource.Type);
  }
}

/** The region in the ARN, and what precedes the name, if the ARN is not just the name. */
const INERT_ARNS: Readonly<Record<string, readonly [region: string, path: string]>> = {
  'AWS::IAM::Role': ['', 'role/'],
  'AWS::KMS::Key': [REGION, 'key/'],
};

/** Roles, keys, log groups and the like exist by name only. */
function inertIdentity(name: string, type: string): Identity {
  const service = type.split('::')[1]?.toLowerCase();
  const [region, path] = INERT_ARNS[type] ?? [REGION, ''];
  const arn = `arn:aws:${service}:${region}:${ACCOUNT_ID}:${path}${name}`;
  return { ref: name, attributes: { Arn: arn, RoleId: name } };
}

const NAME_PROPERTIES = [
  'TableName',
  'QueueName',
  'FunctionName',
  'RoleName',
  'LogGroupName',
  'PolicyName',
  'ManagedPolicyName',
  'Name',
];

/**
 * The name of a resource: the one in the template, or one made from stack and logical id. It is the same at every
 * start, so that a stack with a data directory finds its table and queues again.
 */
function physicalName(stackName: string, logicalId: string, { Properties = {} }: TemplateResource): string {
  const given = NAME_PROPERTIES.map((property) => Properties[property]).find((value) => typeof value === 'string');
  return typeof given === 'string' ? given : `${stackName}-${logicalId}`;
}
