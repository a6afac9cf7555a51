import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { AlarmDefinition } from './alarm-definitions';
import { alarmDefinitions, type Limits } from './alarm-definitions';

export interface AlarmsProps extends Limits {
  /** SNS topic to notify when an alarm goes off and when it is over. */
  readonly topicArn?: string | undefined;
}

/** The alarms: each has a section of its name in `docs/runbook.md`. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const topic = props.topicArn === undefined ? undefined : Topic.fromTopicArn(this, 'Topic', props.topicArn);
    for (const definition of alarmDefinitions(props)) {
      const alarm = this.add(props.stackName, definition);
      if (topic === undefined) continue;
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
    }
  }

  private add(stackName: string, { name, severity, meaning, ...rest }: AlarmDefinition): Alarm {
    return new Alarm(this, name, {
      alarmName: `${stackName}-${name}`,
      alarmDescription: `[${severity}] ${meaning} Runbook: docs/runbook.md, section ${name}.`,
      metric: rest.metric,
      threshold: rest.threshold,
      evaluationPeriods: rest.periods ?? 1,
      comparisonOperator: rest.operator ?? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: rest.missing ?? TreatMissingData.NOT_BREACHING,
    });
  }
}
