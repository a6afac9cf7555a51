import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { METRIC_NAMESPACE, METRICS } from '../../lambdas/runtime/metric-names';
import { resourcesOf, synthesize, theOnly } from './synthesized';

const template = synthesize();
const alarmSchema = z.looseObject({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  Threshold: z.number(),
  TreatMissingData: z.string(),
  MetricName: z.string().optional(),
  Dimensions: z.array(z.looseObject({ Name: z.string() })).optional(),
  AlarmActions: z.array(z.unknown()).default([]),
  OKActions: z.array(z.unknown()).default([]),
});
const alarmsOf = (of: typeof template) =>
  resourcesOf(of, 'AWS::CloudWatch::Alarm').map(({ properties }) => alarmSchema.parse(properties));
const alarms = alarmsOf(template);
const named = (name: string) => alarms.find(({ AlarmName }) => AlarmName === `Posthorn-${name}`);

const runbook = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
/** Sections of the runbook with the severity that each begins with. */
const sections = [...runbook.matchAll(/^### (\w+)\n\n\*\*(\w+)\.\*\*/gm)].map(([, name, severity]) => ({
  name,
  severity,
}));

describe('the alarms', () => {
  it('have a section of the runbook each, with the same severity, and the runbook has no other sections', () => {
    const raised = alarms.map(({ AlarmName, AlarmDescription }) => ({
      name: AlarmName.replace('Posthorn-', ''),
      severity: /^\[(\w+)\]/.exec(AlarmDescription)?.[1],
    }));
    const byName = (one: { name?: string | undefined }, other: { name?: string | undefined }) =>
      `${one.name}` < `${other.name}` ? -1 : 1;
    expect(raised.sort(byName)).toEqual(sections.sort(byName));
    expect(raised.length).toBeGreaterThanOrEqual(14);
  });

  it('say in their descriptions what is the case and where to read on', () => {
    for (const { AlarmName, AlarmDescription } of alarms) {
      const name = AlarmName.replace('Posthorn-', '');
      expect(AlarmDescription).toMatch(/^\[(page|look)\] [A-Z].{30,}\. Runbook: /);
      expect(AlarmDescription).toContain(`docs/runbook.md, section ${name}.`);
    }
  });

  it('take the age of the oldest message to be too high only where no delay explains it', () => {
    const queue = theOnly(template, 'AWS::SQS::Queue', '/Queues/DeliveryQueue/').id;
    expect(named('OldestMessage')).toMatchObject({
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } }],
      Threshold: 1800,
    });
  });

  it('tell of the first dead letter and of the first record that was set aside', () => {
    for (const [name, path] of [
      ['DeadLetters', '/Queues/DeadLetterQueue/'],
      ['SetAsideRecords', '/SetAside/'],
    ] as const) {
      const { id } = theOnly(template, 'AWS::SQS::Queue', path);
      expect(named(name)).toMatchObject({
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }],
        Threshold: 1,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      });
    }
  });

  it('look at the metrics that functions count, under the names that these use', () => {
    const own = alarms.filter(({ Namespace }) => Namespace === METRIC_NAMESPACE);
    const { foreign, oldest, repairs } = METRICS.sweep;
    const counted = [...[foreign, oldest, repairs].map((name) => `sweep ${name}`), 'deliver CircuitOpened'];
    const named = own.map(({ MetricName, Dimensions }) => `${Dimensions?.[0]?.Value} ${MetricName}`);
    expect(named.sort()).toEqual(counted.sort());
    for (const { Dimensions } of own) expect(Dimensions?.map(({ Name }) => Name)).toEqual(['service']);
  });

  it('take a sweep that says nothing for one that does not run', () => {
    expect(named('SweepSilent')).toMatchObject({
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  it('tell nobody by themselves, and a topic when one is given', () => {
    expect(alarms.flatMap(({ AlarmActions, OKActions }) => [...AlarmActions, ...OKActions])).toEqual([]);
    const alarmTopicArn = 'arn:aws:sns:eu-central-1:123456789012:operators';
    for (const { AlarmActions, OKActions } of alarmsOf(synthesize({ alarmTopicArn }))) {
      expect([AlarmActions, OKActions]).toEqual([[alarmTopicArn], [alarmTopicArn]]);
    }
  });
});

describe('the dashboard', () => {
  it('bears the name of the stack and shows every metric that functions count', () => {
    const { properties } = theOnly(template, 'AWS::CloudWatch::Dashboard');
    expect(properties.DashboardName).toBe('Posthorn');
    const body = JSON.stringify(properties.DashboardBody);
    const shown = [
      ...Object.values(METRICS.deliver),
      METRICS.sweep.repairs,
      METRICS.sweep.resumed,
      METRICS.sweep.oldest,
    ];
    for (const name of shown) expect(body).toContain(name);
  });
});

describe('traces', () => {
  it('are made of all functions when they are asked for, and of none otherwise', () => {
    const modes = (of: typeof template) =>
      resourcesOf(of, 'AWS::Lambda::Function').map(({ properties }) => properties.TracingConfig);
    expect(new Set(modes(template))).toEqual(new Set([undefined]));
    expect(modes(synthesize({ tracing: true }))).toEqual(Array.from({ length: 7 }, () => ({ Mode: 'Active' })));
  });
});
