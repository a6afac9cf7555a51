import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A rule of one of the two cdk-nag packs that check the stack. */
export type NagRule = `AwsSolutions-${string}` | `Serverless-${string}`;

/**
 * Accepts a finding of cdk-nag on one construct and what is inside it. The reason goes into the validation report of
 * every synthesis, beside the finding.
 */
export function acknowledge(construct: IConstruct, rule: NagRule, reason: string): void {
  const pack = rule.slice(0, rule.indexOf('-'));
  Validations.of(construct).acknowledge({ id: `${pack}::${rule}`, reason });
}
