import { ConflictException, CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { decodeMessage } from '../../../lambdas/queue/message';
import { enqueueAt, scheduleName, scheduleParameters } from '../../../lambdas/queue/schedule';
import { withContext } from '../../../local/scheduler/targets';
import { BASE, DESTINATION, ENVIRONMENT, NOW } from '../support/records';

const sqs = mockClient(SQSClient);
const scheduler = mockClient(SchedulerClient);
const queue = { sqs: new SQSClient({ region: 'eu-central-1' }), url: 'https://sqs.example/1/deliveries' };
const schedules = (thresholdSeconds = 900) => ({
  scheduler: new SchedulerClient({ region: 'eu-central-1' }),
  group: 'retries',
  roleArn: 'arn:aws:iam::123456789012:role/schedules',
  thresholdSeconds,
});
const due = { base: BASE, ordinal: 2, attempt: 4, environment: ENVIRONMENT, destination: DESTINATION };
const delays = () => sqs.commandCalls(SendMessageCommand).map((call) => call.args[0].input.DelaySeconds);
const created = () => scheduler.commandCalls(CreateScheduleCommand).map((call) => call.args[0].input);

beforeEach(() => {
  sqs.reset();
  scheduler.reset();
});

describe('the parameters of a schedule', () => {
  const parameters = scheduleParameters(queue.url, schedules(), due, new Date(NOW));

  it('fire once, at a second in UTC, and delete themselves', () => {
    expect(parameters).toMatchObject({
      ScheduleExpression: 'at(2026-03-04T05:06:07)',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      GroupName: 'retries',
    });
  });

  it('send to the queue in the message group of the destination', () => {
    const { Arn, RoleArn, Input } = parameters.Target;
    expect(Arn).toBe('arn:aws:scheduler:::aws-sdk:sqs:sendMessage');
    expect(RoleArn).toBe('arn:aws:iam::123456789012:role/schedules');
    const { MessageBody, ...rest } = JSON.parse(Input);
    expect(rest).toEqual({ QueueUrl: queue.url, MessageGroupId: DESTINATION });
    expect(decodeMessage(MessageBody)).toMatchObject(due);
  });

  it('give each copy of their message a token of its own, for a schedule may fire twice', () => {
    const schedule = { Arn: 'arn:aws:scheduler:us-east-1:123456789012:schedule/retries/x', Target: parameters.Target };
    const tokens = [1, 2].map(() => decodeMessage(JSON.parse(withContext(schedule) ?? '').MessageBody).token);
    expect(new Set(tokens).size).toBe(2);
    expect(tokens.join()).not.toContain('<aws.');
  });

  it('are named after the attempt, in letters that a name may have', () => {
    expect(scheduleName(due)).toBe(`${BASE}-2-4`);
    expect(scheduleName({ ...due, ordinal: 0xffff, attempt: 0xffff })).toMatch(/^[0-9a-zA-Z-_.]{1,64}$/);
  });
});

describe('enqueueing an attempt for later', () => {
  it.each([
    ['in the past', NOW - 5000, undefined],
    ['now', NOW, undefined],
    ['in a moment', NOW + 1, 1],
    ['in part of a second more than five', NOW + 5001, 6],
    ['in exactly a quarter of an hour', NOW + 900_000, 900],
  ])('uses the delay of SQS when it is due %s', async (_, at, delay) => {
    await enqueueAt(queue, schedules(), due, at, NOW);
    expect(delays()).toEqual([delay]);
    expect(created()).toEqual([]);
  });

  it('uses a schedule beyond that', async () => {
    await enqueueAt(queue, schedules(), due, NOW + 900_001, NOW);
    expect(delays()).toEqual([]);
    expect(created()[0]?.ScheduleExpression).toBe('at(2026-03-04T05:21:08)');
  });

  it('uses a schedule earlier where the threshold is lower, and never the delay of SQS beyond its limit', async () => {
    await enqueueAt(queue, schedules(3), due, NOW + 4000, NOW);
    await enqueueAt(queue, schedules(100_000), due, NOW + 1_000_000, NOW);
    expect(created()).toHaveLength(2);
  });

  it('is never too soon, whichever way it goes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -10_000, max: 90_000_000 }), fc.nat({ max: 999 }), async (after, now) => {
        sqs.reset();
        scheduler.reset();
        const at = NOW + now + after;
        await enqueueAt(queue, schedules(), due, at, NOW + now);
        const [expression] = created().map((one) => one.ScheduleExpression ?? '');
        if (expression) expect(Date.parse(`${expression.slice(3, 22)}Z`)).toBeGreaterThanOrEqual(at);
        else expect(NOW + now + (delays()[0] ?? 0) * 1000).toBeGreaterThanOrEqual(at);
      }),
      { numRuns: 60 },
    );
  });

  it('takes a schedule that is there already for its own: creating one twice is one', async () => {
    scheduler
      .on(CreateScheduleCommand)
      .rejects(new ConflictException({ $metadata: {}, message: 'exists', Message: '' }));
    await expect(enqueueAt(queue, schedules(), due, NOW + 2_000_000, NOW)).resolves.toBeUndefined();
  });

  it('fails when the schedule could not be created', async () => {
    scheduler.on(CreateScheduleCommand).rejects(new Error('throttled'));
    await expect(enqueueAt(queue, schedules(), due, NOW + 2_000_000, NOW)).rejects.toThrow('throttled');
  });
});
