import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct, type IConstruct } from 'constructs';
import { acknowledge } from './acknowledge';
import type { Encryption } from './encryption';
import { schedulerPrincipal } from './scheduler-principal';

export interface RetrySchedulesProps {
  readonly deliveryQueue: IQueue;
  readonly encryption: Encryption | undefined;
}

/**
 * Where one-time schedules live for retries that are too far away for an SQS delay, and the role with which EventBridge
 * Scheduler puts them on the delivery queue when they are due.
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

  /** Accepts that what is below `creator` may create any schedule of the group. */
  acknowledgeCreator(creator: IConstruct): void {
    const stack = Stack.of(this);
    const group = stack.resolve(stack.getLogicalId(this.group));
    const arn = `arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/<${group}>/*`;
    acknowledge(creator, `AwsSolutions-IAM5[Resource::${arn}]`, 'Schedules are named after the deliveries they retry.');
  }
}
