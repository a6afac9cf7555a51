import { Duration } from 'aws-cdk-lib';
import { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { schedulerPrincipal } from './scheduler-principal';

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
      description: 'Probes, resumes and mends what was left behind',
      flexibleTimeWindow: { mode: 'OFF' },
      scheduleExpression: rate(props.intervalMinutes),
      target: {
        arn: props.target.functionArn,
        roleArn: role.roleArn,
        // A run that failed is not worth repeating: the next one finds the same work.
        retryPolicy: { maximumRetryAttempts: 0 },
      },
    });
    schedule.node.addDependency(role);
    // The Scheduler invokes asynchronously, and that has retries of its own: two, over up to six hours.
    props.target.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    acknowledge(props.target, 'Serverless-LambdaAsyncFailureDestination', 'The next run finds the same work.');
  }
}

const rate = (minutes: number): string => (minutes === 1 ? 'rate(1 minute)' : `rate(${minutes} minutes)`);
