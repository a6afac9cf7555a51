import { LocalStackError } from '../errors';
import type { Template } from './template';

/** Types that the local stack runs. */
export const EMULATED_TYPES = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::DynamoDB::Table',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::Schedule',
  'AWS::Scheduler::ScheduleGroup',
] as const;

export type EmulatedType = (typeof EMULATED_TYPES)[number];

/** Types that make no difference on one machine: logs, alarms, the default stage. */
const INERT_TYPES: ReadonlySet<string> = new Set([
  'AWS::ApiGatewayV2::Stage',
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
]);

/**
 * Refuses a template that the local stack would run only in part.
 *
 * @throws LocalStackError naming the first resource that is not emulated
 */
export function assertSupported(template: Template): void {
  for (const [logicalId, { Type, Condition }] of Object.entries(template.Resources)) {
    if (INERT_TYPES.has(Type)) continue;
    if (!EMULATED_TYPES.some((type) => type === Type))
      throw new LocalStackError(`The local stack cannot run ${logicalId}: it does not emulate ${Type}.`);
    if (Condition !== undefined)
      throw new LocalStackError(
        `The local stack cannot run ${logicalId}: it does not evaluate conditions (${Condition}).`,
      );
  }
}
