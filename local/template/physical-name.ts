import type { TemplateResource } from './template';

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
 * start, which is how a stack with a data directory finds its table and queues again.
 */
export function physicalName(stackName: string, logicalId: string, { Properties = {} }: TemplateResource): string {
  const given = NAME_PROPERTIES.map((property) => Properties[property]).find((value) => typeof value === 'string');
  return typeof given === 'string' ? given : `${stackName}-${logicalId}`;
}
