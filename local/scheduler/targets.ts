import type { Functions } from '../lambda/functions';
import type { Need } from '../permissions/need';
import type { Permissions } from '../permissions/permissions';
import { sqsNeeds } from '../permissions/sqs-needs';
import { sendMessage } from '../sqs/send';
import type { SqsServer } from '../sqs/server';
import { ACCOUNT_ID, REGION } from '../template/template';
import type { StartTarget } from './clock';
import type { Schedule } from './schedule';

/** Universal target: calls `SendMessage` with the schedule's input as its parameters. */
const SEND_MESSAGE_TARGET = 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage';

const LAMBDA_PREFIX = `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:`;

/** Whether the local stack can start a target with this ARN. */
export const isKnownTarget = (arn: string): boolean => arn === SEND_MESSAGE_TARGET || arn.startsWith(LAMBDA_PREFIX);

/**
 * Starts targets, as far as the schedule's role allows: functions of the stack, asynchronously, and the SQS universal
 * target.
 */
export function targetStarter(functions: Functions, sqs: SqsServer, permissions: Permissions): StartTarget {
  return async (schedule) => {
    const { Arn, RoleArn: roleArn } = schedule.Target;
    const Input = withContext(schedule);
    const refused = await permissions.refusal({ roleArn, session: schedule.Name }, needsOf(Arn, Input, permissions));
    if (refused !== undefined) throw refused;
    // The queue is found by name, so a URL from before a restart, with another port, still works.
    if (Arn === SEND_MESSAGE_TARGET) sendMessage(sqs.store, JSON.parse(Input ?? '{}'));
    else functions.get(Arn).asynchronous.add(Input === undefined ? scheduledEvent(schedule) : JSON.parse(Input));
  };
}

const needsOf = (targetArn: string, input: string | undefined, { landscape }: Permissions): Need[] =>
  targetArn === SEND_MESSAGE_TARGET
    ? sqsNeeds('SendMessage', JSON.parse(input ?? '{}'), landscape)
    : [{ action: 'lambda:InvokeFunction', resource: targetArn }];

/**
 * The input with the Scheduler's context attributes filled in.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
export function withContext({ Arn, Target }: Pick<Schedule, 'Arn' | 'Target'>): string | undefined {
  return Target.Input?.replaceAll('<aws.scheduler.execution-id>', () => crypto.randomUUID())
    .replaceAll('<aws.scheduler.schedule-arn>', Arn)
    .replaceAll('<aws.scheduler.scheduled-time>', new Date().toISOString().replace(/\.\d+Z$/, 'Z'))
    .replaceAll('<aws.scheduler.attempt-number>', '1');
}

/** The event for a target without an input. */
const scheduledEvent = ({ Arn }: Schedule) => ({
  version: '0',
  id: crypto.randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.scheduler',
  account: ACCOUNT_ID,
  time: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
  region: REGION,
  resources: [Arn],
  detail: '{}',
});
