import { Duration, Stack } from 'aws-cdk-lib';
import {
  PolicyStatement,
  type PrincipalBase,
  PrincipalWithConditions,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct, type IConstruct } from 'constructs';
import { acknowledge } from './acknowledge';
import type { Encryption } from './encryption';

export interface RetrySchedulesProps {
  readonly deliveryQueue: IQueue;
  readonly encryption: Encryption | undefined;
}

/**
 * The group of one-time schedules for retries that are too far away for an SQS delay, and the role with which
 * EventBridge Scheduler enqueues them.
 */
export class RetrySchedules extends Construct {
  readonly groupName: string;
  private readonly group: CfnScheduleGroup;
  readonly role: Role;
  /** The schedules of the group. Their names are made from delivery ids, so a policy can name no more than the group. */
  readonly scheduleArns: string;

  constructor(scope: Construct, id: string, props: RetrySchedulesProps) {
    super(scope, id);
    this.group = new CfnScheduleGroup(this, 'Group');
    this.groupName = this.group.ref;
    this.role = new Role(this, 'Role', {
      description: 'EventBridge Scheduler puts deliveries that are due on the delivery queue',
      assumedBy: schedulerPrincipal(this, this.groupName),
    });
    this.role.addToPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [props.deliveryQueue.queueArn] }),
    );
    if (props.encryption !== undefined)
      this.role.addToPolicy(props.encryption.statement(['kms:GenerateDataKey', 'kms:Decrypt'], ['sqs']));
    this.scheduleArns = Stack.of(this).formatArn({
      service: 'scheduler',
      resource: 'schedule',
      resourceName: `${this.groupName}/*`,
    });
  }

  /** Acknowledges that everything under `creator` may create any schedule of the group. */
  acknowledgeCreator(creator: IConstruct): void {
    const stack = Stack.of(this);
    const group = stack.resolve(stack.getLogicalId(this.group));
    const arn = `arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/<${group}>/*`;
    acknowledge(creator, `AwsSolutions-IAM5[Resource::${arn}]`, 'Schedules are named after the deliveries they retry.');
  }
}

export interface SweepScheduleProps {
  readonly target: IFunction;
  /** Minutes between two runs. */
  readonly intervalMinutes: number;
}

/** Runs the repairs at a fixed rate. */
export class SweepSchedule extends Construct {
  constructor(scope: Construct, id: string, props: SweepScheduleProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      description: 'EventBridge Scheduler starts the repairs',
      assumedBy: schedulerPrincipal(this, 'default'),
    });
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [props.target.functionArn] }),
    );
    const schedule = new CfnSchedule(this, 'Schedule', {
      description: 'Probes, resumes and repairs what was left behind',
      flexibleTimeWindow: { mode: 'OFF' },
      scheduleExpression: rate(props.intervalMinutes),
      target: {
        arn: props.target.functionArn,
        roleArn: role.roleArn,
        // There is no point in repeating a failed run: the next one finds the same work.
        retryPolicy: { maximumRetryAttempts: 0 },
      },
    });
    schedule.node.addDependency(role);
    // EventBridge Scheduler invokes asynchronously, and Lambda itself would retry such an invocation twice.
    props.target.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    acknowledge(props.target, 'Serverless-LambdaAsyncFailureDestination', 'The next run finds the same work.');
  }
}

const rate = (minutes: number): string => (minutes === 1 ? 'rate(1 minute)' : `rate(${minutes} minutes)`);

/**
 * EventBridge Scheduler, acting for schedules of one group in this account only: without the conditions another
 * account's schedule could borrow the role.
 *
 * @param groupName the schedule group; AWS matches the group's ARN here, not the schedule's
 */
function schedulerPrincipal(scope: Construct, groupName: string): PrincipalBase {
  const stack = Stack.of(scope);
  const group = stack.formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: groupName });
  return new PrincipalWithConditions(new ServicePrincipal('scheduler.amazonaws.com'), {
    StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': group },
  });
}
