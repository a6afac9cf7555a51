import { describe, expect, it } from 'vitest';
import { InvalidSettingsError, parseSettings } from '../../lib/settings';

const problemsOf = (context: Record<string, unknown>): readonly string[] => {
  try {
    parseSettings(context);
  } catch (error) {
    if (error instanceof InvalidSettingsError) return error.problems;
    throw error;
  }
  return [];
};

describe('settings', () => {
  it('have a default each', () => {
    expect(parseSettings({})).toEqual({
      stackName: 'Posthorn',
      retentionDays: 30,
      bodyRetentionDays: 30,
      timelineShards: 4,
      schedulerThresholdSeconds: 900,
      allowPlainHttp: false,
      allowLoopback: false,
      removalPolicy: 'retain',
      deletionProtection: false,
      logRetentionDays: 30,
      maxReceiveCount: 5,
      deliverTimeoutSeconds: 60,
      accountConcurrency: 10,
      deliverMaxConcurrency: 5,
      sweepIntervalMinutes: 1,
      keyRatePerSecond: 50,
      keyRateBurst: 100,
      breakerThreshold: 20,
      breakerCoolDownSeconds: 30,
      breakerMaxCoolDownSeconds: 900,
      oldestDeliveryAlarmSeconds: 21_600,
      tracing: false,
      customerManagedKey: false,
    });
  });

  it('are read from the text that the command line gives', () => {
    const settings = parseSettings({ timelineShards: '8', allowPlainHttp: 'true', logRetentionDays: '7' });
    expect(settings).toMatchObject({ timelineShards: 8, allowPlainHttp: true, logRetentionDays: 7 });
  });

  it('leave the context values of CDK itself alone', () => {
    const context = {
      '@aws-cdk/core:checkSecretUsage': true,
      'aws:cdk:enable-path-metadata': true,
      'cli-telemetry': false,
    };
    expect(parseSettings(context).stackName).toBe('Posthorn');
  });

  it.each([
    ['retentionDays', 15, 365],
    ['bodyRetentionDays', 1, 365],
    ['timelineShards', 1, 64],
    ['schedulerThresholdSeconds', 1, 900],
    ['maxReceiveCount', 2, 100],
    ['deliverTimeoutSeconds', 3, 900],
    ['accountConcurrency', 10, 1_000_000],
    ['deliverMaxConcurrency', 2, 1000],
    ['sweepIntervalMinutes', 1, 60],
    ['breakerThreshold', 1, 10_000],
    ['breakerCoolDownSeconds', 1, 3600],
    ['breakerMaxCoolDownSeconds', 1, 86_400],
    ['oldestDeliveryAlarmSeconds', 60, 2_592_000],
  ])('take %s from %i to %i and nothing else', (key, min, max) => {
    for (const good of [min, max, String(min), String(max)]) expect(problemsOf({ [key]: good })).toEqual([]);
    for (const bad of [min - 1, max + 1, String(max + 1), min + 0.5, 'many', '', null, true]) {
      const rule = `${key} must be a whole number from ${min} to ${max}, not ${JSON.stringify(bad)}`;
      expect(problemsOf({ [key]: bad })).toEqual([rule]);
    }
  });

  it.each(['allowPlainHttp', 'allowLoopback', 'deletionProtection'])(
    'take true or false for %s and nothing else',
    (key) => {
      for (const good of [true, false, 'true', 'false']) expect(problemsOf({ [key]: good })).toEqual([]);
      for (const bad of ['yes', 1, '']) {
        expect(problemsOf({ [key]: bad })).toEqual([`${key} must be true or false, not ${JSON.stringify(bad)}`]);
      }
    },
  );

  it('take a removal policy of retain or destroy and nothing else', () => {
    expect(problemsOf({ removalPolicy: 'snapshot' })).toEqual([
      'removalPolicy must be "retain" or "destroy", not "snapshot"',
    ]);
  });

  it('refuse to protect a table that is deleted with the stack', () => {
    expect(problemsOf({ removalPolicy: 'destroy', deletionProtection: true })).toEqual([
      'deletionProtection keeps a table that removalPolicy "destroy" deletes: set one of the two',
    ]);
  });

  it('accept a reservation for ingest only if the account allows it', () => {
    const reserve = (accountConcurrency: number, ingestReservedConcurrency: unknown) =>
      problemsOf({ accountConcurrency, ingestReservedConcurrency });
    expect(reserve(110, 10)).toEqual([]);
    expect(reserve(1000, '900')).toEqual([]);
    expect(reserve(1000, 0)).toEqual(['ingestReservedConcurrency must be a whole number from 1 to 1000000, not 0']);
    expect(reserve(109, 10)).toEqual([
      'ingestReservedConcurrency is 10, but AWS keeps 100 executions of an account unreserved: with an accountConcurrency of 109 you can reserve 9',
    ]);
    expect(problemsOf({ ingestReservedConcurrency: 10 })).toHaveLength(1);
  });

  it('take the log retention periods of CloudWatch and nothing else', () => {
    for (const good of [1, 14, 365, '3653']) expect(problemsOf({ logRetentionDays: good })).toEqual([]);
    for (const bad of [2, '31', 9999, 'forever']) {
      expect(problemsOf({ logRetentionDays: bad })).toEqual([
        expect.stringMatching(/^logRetentionDays must be one of 1, 3, 5, 7, 14, 30, .*, 3653/),
      ]);
    }
  });

  it('take a stack name that CloudFormation takes', () => {
    expect(problemsOf({ stackName: 'posthorn-staging' })).toEqual([]);
    for (const bad of ['1st', 'with space', '', 'a'.repeat(129), 7]) {
      expect(problemsOf({ stackName: bad })).toEqual([expect.stringMatching(/^stackName must be /)]);
    }
  });

  it('refuse a key that nothing reads, so that a misspelt one is no silent default', () => {
    expect(problemsOf({ retentionDay: 7 })).toEqual([
      expect.stringMatching(/^retentionDay is not a setting; there are stackName, retentionDays, /),
    ]);
  });

  it('tell every problem at once, each with its key', () => {
    expect(problemsOf({ retentionDays: 0, timelineShards: 65 })).toHaveLength(2);
    expect(() => parseSettings({ retentionDays: 0 })).toThrow(/Invalid context values:\n {2}- retentionDays must be/);
  });

  it('refuse receives and timeouts with which a message expires before it is dead', () => {
    expect(problemsOf({ maxReceiveCount: 100, deliverTimeoutSeconds: 900 })).toEqual([
      'maxReceiveCount × deliverTimeoutSeconds must stay below 57600, so that a message reaches the dead-letter queue before it expires; it is 90000',
    ]);
  });
});
