import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AsynchronousEvents, type AsynchronousPolicy, USUAL_POLICY } from '../../../local/lambda/asynchronous-events';
import { Throttled } from '../../../local/lambda/concurrency';
import { startFixture } from './fixture-stack';

const THROTTLED = new Throttled('Fn');
const BROKEN = new Error('broken');

let start: number;
/** Seconds after the start at which the function got the event. */
let tries: number[];
let lines: string[];
let outcomes: (Error | undefined)[];
let events: AsynchronousEvents;

function queueWith(policy: Partial<AsynchronousPolicy> = {}): void {
  events = new AsynchronousEvents({
    functionName: 'Fn',
    policy: { ...USUAL_POLICY, ...policy },
    invoke: async () => {
      tries.push((Date.now() - start) / 1000);
      const outcome = outcomes[tries.length - 1];
      if (outcome !== undefined) throw outcome;
    },
    log: (line) => lines.push(line),
  });
}

const aDay = () => vi.advanceTimersByTimeAsync(24 * 3_600_000);

describe('an asynchronous event', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    [start, tries, lines, outcomes] = [Date.now(), [], [], []];
  });
  afterEach(() => vi.useRealTimers());

  it('that is handled is not repeated', async () => {
    queueWith();
    events.add({});
    await aDay();
    expect(tries).toEqual([0]);
    expect(lines).toEqual([]);
  });

  it('that fails is tried again after one and two minutes, and then given up', async () => {
    queueWith();
    outcomes = [BROKEN, BROKEN, BROKEN];
    events.add({});
    await aDay();
    expect(tries).toEqual([0, 60, 180]);
    expect(lines.at(-1)).toBe('An asynchronous event of Fn was given up: Error: broken');
  });

  it('is repeated no more often than its function wants', async () => {
    queueWith({ retries: 0 });
    outcomes = [BROKEN, BROKEN];
    events.add({});
    await aDay();
    expect(tries).toEqual([0]);
  });

  it('that is throttled waits longer each time, and still has all its retries', async () => {
    queueWith({ retries: 1 });
    outcomes = [THROTTLED, THROTTLED, THROTTLED, BROKEN, BROKEN];
    events.add({});
    await aDay();
    expect(tries).toEqual([0, 1, 3, 7, 67]);
  });

  it('that is throttled for six hours is given up', async () => {
    queueWith();
    outcomes = Array.from({ length: 1_000 }, () => THROTTLED);
    events.add({});
    await aDay();
    expect(tries.at(-1)).toBeLessThanOrEqual(6 * 3600);
    expect(tries.at(-1)).toBeGreaterThan(6 * 3600 - 301);
    expect(lines.at(-1)).toContain('was given up: TooManyRequestsException');
  });

  it('is not tried when it would be older than its function wants', async () => {
    queueWith({ maxAgeSeconds: 100 });
    outcomes = [BROKEN, BROKEN, BROKEN];
    events.add({});
    await aDay();
    expect(tries).toEqual([0, 60]);
  });

  it('is not tried again after the stack has stopped', async () => {
    queueWith();
    outcomes = [BROKEN];
    events.add({});
    await vi.advanceTimersByTimeAsync(1);
    events.stop();
    await aDay();
    expect(tries).toEqual([0]);
  });
});

describe('what a schedule starts', () => {
  const mayStart = { Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' }] };
  const schedule = {
    Scheduling: {
      Type: 'AWS::IAM::Role',
      Properties: { Policies: [{ PolicyName: 'Start', PolicyDocument: { Version: '2012-10-17', ...mayStart } }] },
    },
    Minutely: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        FlexibleTimeWindow: { Mode: 'OFF' },
        ScheduleExpression: 'rate(1 minute)',
        Target: {
          Arn: { 'Fn::GetAtt': ['Http', 'Arn'] },
          RoleArn: { 'Fn::GetAtt': ['Scheduling', 'Arn'] },
          Input: '{"rawPath":"/throw"}',
        },
      },
    },
  };
  const once = {
    Once: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: { FunctionName: { Ref: 'Http' }, Qualifier: '$LATEST', MaximumRetryAttempts: 0 },
    },
  };

  it.each([
    ['is tried again as an asynchronous event', schedule, 'is tried again in 60 seconds'],
    ['is tried as often as the template says', { ...schedule, ...once }, 'was given up'],
  ])('%s', async (_name, extra, line) => {
    const said: string[] = [];
    const { stop } = await startFixture(extra, { log: (text) => said.push(text) });
    const expected = `An asynchronous event of Fixture-Http ${line}: FunctionError: Fixture-Http: Error: secret detail`;
    await expect.poll(() => said, { timeout: 10_000 }).toContain(expected);
    await stop();
  });
});
