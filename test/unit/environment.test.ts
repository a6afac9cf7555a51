import { describe, expect, it } from 'vitest';
import { ENVIRONMENTS, type FunctionName, readEnvironment } from '../../lambdas/runtime/environment';

const COMPLETE: Record<string, string> = {
  TABLE_NAME: 'table',
  TIMELINE_SHARDS: '4',
  RETENTION_DAYS: '30',
  BODY_RETENTION_DAYS: '30',
  DELIVERY_QUEUE_URL: 'https://sqs.example/1/deliveries',
  DEAD_LETTER_QUEUE_URL: 'https://sqs.example/1/dead-letters',
  SET_ASIDE_QUEUE_URL: 'https://sqs.example/1/set-aside',
  KEY_RATE_PER_SECOND: '50',
  KEY_RATE_BURST: '100',
  MAX_RECEIVE_COUNT: '5',
  SCHEDULE_GROUP_NAME: 'retries',
  SCHEDULE_ROLE_ARN: 'arn:aws:iam::123456789012:role/schedules',
  SCHEDULER_THRESHOLD_SECONDS: '900',
  ALLOW_PLAIN_HTTP: 'false',
  ALLOW_LOOPBACK: 'true',
  BREAKER_THRESHOLD: '20',
  BREAKER_COOL_DOWN_SECONDS: '30',
  BREAKER_MAX_COOL_DOWN_SECONDS: '900',
};
const NAMES = Object.keys(ENVIRONMENTS) as FunctionName[];
const needs = NAMES.flatMap((name) =>
  Object.keys(ENVIRONMENTS[name].shape).map((variable) => [name, variable] as const),
);

describe('the environment of a function', () => {
  it('is parsed into numbers and flags', () => {
    expect(readEnvironment('deliver', COMPLETE)).toMatchObject({
      TIMELINE_SHARDS: 4,
      MAX_RECEIVE_COUNT: 5,
      ALLOW_PLAIN_HTTP: false,
      ALLOW_LOOPBACK: true,
    });
  });

  it.each(needs)(
    'of %s is refused without %s, by its name: a function does not start with a guess',
    (name, variable) => {
      const { [variable]: _, ...rest } = COMPLETE;
      expect(() => readEnvironment(name, rest)).toThrow(
        `The environment of the function ${name} is incomplete: ${variable}`,
      );
    },
  );

  it.each([
    ['TIMELINE_SHARDS', ''],
    ['TIMELINE_SHARDS', '0'],
    ['TIMELINE_SHARDS', '1.5'],
    ['RETENTION_DAYS', 'month'],
    ['ALLOW_LOOPBACK', 'yes'],
    ['ALLOW_PLAIN_HTTP', ''],
    ['TABLE_NAME', ''],
  ])('is refused with %s=%j', (variable, value) => {
    expect(() => readEnvironment('deliver', { ...COMPLETE, [variable]: value })).toThrow(variable);
  });

  it('names all that is wrong at once', () => {
    expect(() => readEnvironment('deliver', {})).toThrow(/TABLE_NAME.*SCHEDULE_ROLE_ARN/s);
  });
});
