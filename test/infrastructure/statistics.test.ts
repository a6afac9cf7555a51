import { describe, expect, it } from 'vitest';
import { compileFilters } from '../../local/mappings/filter';
import { passesFilters, recordOf } from '../unit/aggregate/histories';
import { synthesize, theOnly } from './synthesized';

const template = synthesize();
const mapping = theOnly(template, 'AWS::Lambda::EventSourceMapping', '/Statistics/').properties;
const queue = theOnly(template, 'AWS::SQS::Queue', '/SetAside/');
const patterns: string[] = JSON.parse(JSON.stringify(mapping.FilterCriteria)).Filters.map(
  ({ Pattern }: { Pattern: string }) => Pattern,
);
const passes = compileFilters(patterns);

const delivery = (status: string) => ({ pk: 'EVT#1', sk: 'DLV#0001', status });
const attempt = { pk: 'EVT#1', sk: 'DLV#0001#ATT#0002', statusCode: 200 };
const deadLetter = { pk: 'EVT#1', sk: 'DLV#0001#DLQ#0001', failedAt: '2026-03-10T00:00:00Z' };
const event = { pk: 'EVT#1', sk: 'EVT' };

describe('the mapping that starts aggregate', () => {
  it('does a batch as a whole or not at all, because repetitions are known by where they begin', () => {
    expect(mapping).not.toHaveProperty('BisectBatchOnFunctionError');
    expect(mapping).not.toHaveProperty('FunctionResponseTypes');
    for (const limit of ['MaximumRetryAttempts', 'MaximumRecordAgeInSeconds', 'ParallelizationFactor']) {
      expect(mapping).not.toHaveProperty(limit);
    }
  });

  it('takes the records of a hundred deliveries at a time and waits two seconds for them', () => {
    expect(mapping).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 300,
      MaximumBatchingWindowInSeconds: 2,
    });
  });

  it('keeps within the five filters that an event source takes', () => {
    expect(patterns).toHaveLength(5);
  });

  it.each([
    ['an event that came in', undefined, event],
    ['an event that was removed', event, undefined],
    ['a new delivery', undefined, delivery('pending')],
    ['a delivery that no schema lets pass', undefined, delivery('schema_failed')],
    ['an outcome', delivery('sent'), delivery('delivered')],
    ['a retry that begins', delivery('retrying'), delivery('sent')],
    ['a parked delivery that is tried', delivery('circuit_open'), delivery('sent')],
    ['a fresh round', delivery('failed'), delivery('pending')],
    ['a delivery that was removed', delivery('delivered'), undefined],
    ['a dead letter', undefined, deadLetter],
    ['a dead letter that was closed', deadLetter, undefined],
  ])('passes %s on', (_, before, after) => {
    expect(passes(recordOf(before, after))).toBe(true);
  });

  it.each([
    ['the claim of a pending delivery', delivery('pending'), delivery('sent')],
    ['a claim that takes over another', delivery('sent'), delivery('sent')],
    ['an attempt', undefined, attempt],
    ['a change of an event', event, { ...event, routing: 'no_routes' }],
    ['a counter', { pk: 'STAT#ENV#1', sk: 'LIFE' }, { pk: 'STAT#ENV#1', sk: 'LIFE', n_open: 1 }],
    ['a bucket that expired', { pk: 'STAT#ENV#1', sk: 'HOUR#2026-03-10T00' }, undefined],
    ['configuration', undefined, { pk: 'ENV#1', sk: 'DST#1', status: 'active' }],
  ])('keeps %s out', (_, before, after) => {
    expect(passes(recordOf(before, after))).toBe(false);
  });

  it('passes of the changes of a delivery what the tests of the counters take them to pass', () => {
    const states = ['pending', 'sent', 'delivered', 'retrying', 'circuit_open', 'failed'].map(delivery);
    const changes = states.flatMap((before) => states.map((after) => recordOf(before, after)));
    for (const change of changes) expect(passes(change)).toBe(passesFilters(change));
  });
});

describe('stream records that cannot be read', () => {
  it('are kept for 14 days in a queue of their own', () => {
    expect(queue.properties).toMatchObject({ MessageRetentionPeriod: 14 * 86_400, SqsManagedSseEnabled: true });
  });
});
