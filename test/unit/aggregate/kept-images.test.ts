import type { DynamoDBRecord } from 'aws-lambda';
import { expect, it } from 'vitest';
import { keptImages } from '../../../lambdas/functions/aggregate/kept-images';
import { readChange, readReading } from '../../../lambdas/functions/aggregate/readings';
import { deliveryItem, marshalled } from '../support/items';
import { deliveryOf } from '../support/records';

const item = deliveryItem(
  deliveryOf({
    status: 'failed',
    first: { number: 1, trigger: 'auto', startedAt: 1, latencyMs: 12, errorCode: 'timeout' },
  }),
);
const key = { pk: String(item.pk), sk: String(item.sk) };

const recordOf = (after: Record<string, unknown>) =>
  ({
    eventName: 'INSERT',
    dynamodb: { Keys: marshalled(key), NewImage: marshalled(after) },
  }) as DynamoDBRecord;

it('is counted by what was kept of a record as by the record itself', () => {
  const record = recordOf({ ...item, payload: 'of a customer' });
  const { before, after } = keptImages(record);
  expect(readChange(key, before, after)).toEqual(readReading(record));
  expect(JSON.stringify(after)).not.toContain('of a customer');
});

it.each([
  ['of a wrong kind', { receivedAt: { a: 'secret' } }],
  ['too long to be an id, a status or a time', { status: 'secret'.repeat(100) }],
  ['of a wrong kind within an attempt', { first: { latencyMs: ['secret'] } }],
  ['in the place of an attempt', { first: 'secret' }],
])('keeps no value that is %s, and stays unreadable', (_, broken) => {
  const { after } = keptImages(recordOf({ ...item, ...broken }));
  expect(JSON.stringify(after)).not.toContain('secret');
  expect(() => readChange(key, undefined, after)).toThrow();
});
