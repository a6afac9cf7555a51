import type { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { resourcesOf } from './synthesized';

const listOf = <T extends z.ZodType>(schema: T) => z.union([schema.array(), schema.transform((value) => [value])]);

const statementSchema = z.object({
  Effect: z.literal('Allow'),
  Action: listOf(z.string()),
  Resource: z.union([z.array(z.unknown()), z.unknown().transform((value) => [value])]),
  Condition: z.unknown().optional(),
});

const policySchema = z.object({
  PolicyDocument: z.object({ Statement: z.array(statementSchema) }),
  Roles: z.array(z.object({ Ref: z.string() })),
});

export type Statement = z.output<typeof statementSchema>;

/** The statements of all policies of the template, by the logical id of the role they are attached to. */
export function statementsByRole(template: Template): ReadonlyMap<string, Statement[]> {
  const byRole = new Map<string, Statement[]>();
  for (const { properties } of resourcesOf(template, 'AWS::IAM::Policy')) {
    const { PolicyDocument, Roles } = policySchema.parse(properties);
    for (const { Ref } of Roles) byRole.set(Ref, [...(byRole.get(Ref) ?? []), ...PolicyDocument.Statement]);
  }
  return byRole;
}

const getAtt = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) });
const ref = z.object({ Ref: z.string() });
const join = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) });

/** An ARN of a template as one text, with references written as `<Id.Attribute>` and `<Id>`. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const attribute = getAtt.safeParse(value);
  if (attribute.success) return `<${attribute.data['Fn::GetAtt'].join('.')}>`;
  const reference = ref.safeParse(value);
  if (reference.success) return `<${reference.data.Ref}>`;
  return join.parse(value)['Fn::Join'][1].map(textOf).join('');
}
