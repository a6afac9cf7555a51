import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { metricsOf } from '../../../lambdas/functions/deliver/metrics';
import { METRICS } from '../../../lambdas/runtime/metric-names';
import { count, measureSeconds, publishMetrics } from '../../../lambdas/runtime/metrics';

// Powertools reads the namespace once, and another test file of this process may have loaded it before.
vi.hoisted(() => {
  vi.resetModules();
  process.env.POWERTOOLS_METRICS_NAMESPACE = 'Posthorn/staging';
});

const lines: string[] = [];

beforeEach(() => {
  // Powertools writes past the console that Lambda has patched.
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
});

afterEach(() => {
  lines.length = 0;
  vi.restoreAllMocks();
});

describe('the metrics of an invocation', () => {
  it('are one log line in the embedded metric format', () => {
    count(METRICS.deliver.succeeded);
    count(METRICS.deliver.succeeded, 2);
    measureSeconds(METRICS.sweep.oldest, 90);
    publishMetrics();
    expect(lines).toHaveLength(1);
    const written = JSON.parse(lines[0] ?? '');
    expect(written).toMatchObject({ AttemptsSucceeded: [1, 2], OldestOpenDelivery: 90 });
    const [directive] = written._aws.CloudWatchMetrics;
    expect(directive.Namespace).toBe('Posthorn/staging');
    expect(directive.Dimensions).toEqual([['service']]);
    expect(directive.Metrics).toEqual([
      { Name: 'AttemptsSucceeded', Unit: 'Count' },
      { Name: 'OldestOpenDelivery', Unit: 'Seconds' },
    ]);
  });

  it('are no line if nothing was counted, and no warning either', () => {
    // Powertools would print its warning as plain text among lines of JSON.
    const warnings = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    count(METRICS.sweep.repairs, 0);
    publishMetrics();
    expect(lines).toEqual([]);
    expect(warnings).not.toHaveBeenCalled();
  });
});

describe('the outcome of a message', () => {
  it('counts as an attempt when one was recorded', () => {
    expect(metricsOf({ kind: 'delivered' })).toEqual(['AttemptsSucceeded']);
    expect(metricsOf({ kind: 'retry-scheduled' })).toEqual(['AttemptsFailed']);
    expect(metricsOf({ kind: 'died' })).toEqual(['AttemptsFailed', 'DeliveriesDied']);
  });

  it('counts once, however often a dead or settled message comes back', () => {
    for (const outcome of [
      { kind: 'dying' },
      { kind: 'retry-ensured' },
      { kind: 'dropped', why: 'settled' },
      { kind: 'renewed' },
      { kind: 'claim-lost' },
      { kind: 'busy', until: 0 },
      { kind: 'redriven' },
    ] as const)
      expect(metricsOf(outcome)).toEqual([]);
  });
});
