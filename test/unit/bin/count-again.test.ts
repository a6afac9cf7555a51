import { PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { countAgain } from '../../../bin/set-aside/count-again';
import type { SetAsideRecord } from '../../../bin/set-aside/messages';
import { markerKey } from '../../../lambdas/functions/aggregate/table-ledger';
import { deliveryKey, eventKey } from '../../../lambdas/store/table/addresses';
import { openTable } from '../../../lambdas/store/table/table';
import { fakeTable } from '../support/fake-table';
import { BASE, DESTINATION, ENVIRONMENT, NOW } from '../support/records';

process.env.AWS_REGION = 'eu-central-1';

const fake = fakeTable();
const createdAt = new Date(NOW).toISOString();
const standing = (status: string) => ({ env: ENVIRONMENT, dst: DESTINATION, con: 'con_1', status, createdAt });

const recordOf = (changes: Partial<SetAsideRecord>): SetAsideRecord => ({
  function: 'aggregate',
  reason: 'it is broken',
  eventId: `event-${changes.sequenceNumber ?? '1'}`,
  eventName: 'MODIFY',
  sequenceNumber: '1',
  key: deliveryKey(BASE, 1),
  ...changes,
});

const again = async (...records: SetAsideRecord[]) => [
  ...(await countAgain(openTable('table'), records, () => NOW)).values(),
];

/** What was added to the lifetime counts of the environment, by all transactions together. */
function added(): Record<string, number> {
  const sums: Record<string, number> = {};
  const items = fake.documents
    .commandCalls(TransactWriteCommand)
    .flatMap((call) => call.args[0].input.TransactItems ?? []);
  for (const { Update } of items) {
    if (Update?.Key?.sk !== 'LIFE' || !String(Update.Key.pk).startsWith('STAT#ENV#')) continue;
    const adds = /ADD (.+?)(?: SET|$)/.exec(Update.UpdateExpression ?? '')?.[1]?.split(',') ?? [];
    for (const [name = '', value = ''] of adds.map((one) => one.split(' '))) {
      const attribute = Update.ExpressionAttributeNames?.[name] ?? '';
      sums[attribute] = (sums[attribute] ?? 0) + Number(Update.ExpressionAttributeValues?.[value]);
    }
  }
  return sums;
}

beforeEach(() => {
  fake.reset();
  fake.documents.on(TransactWriteCommand).resolves({});
  fake.documents.on(PutCommand).resolves({});
});

const broke = recordOf({ sequenceNumber: '9', images: { before: standing('delivered'), after: standing('?') } });
const mended = recordOf({ sequenceNumber: '10', images: { before: standing('?'), after: standing('failed') } });

describe('a record that was set aside', () => {
  it('adds what it would have added, when it can be read by now', async () => {
    const record = recordOf({ images: { before: standing('retrying'), after: standing('delivered') } });
    expect(await again(record)).toMatchObject([{ done: true }]);
    expect(added()).toEqual({ n_retrying: -1, n_delivered: 1 });
  });

  it('counts together with the one that mended the item, in the order of the stream', async () => {
    expect(await again(mended, broke)).toMatchObject([{ done: true }, { done: true }]);
    expect(added()).toEqual({ n_delivered: -1, n_failed: 1 });
  });

  it.each([
    ['has not been mended', broke],
    ['was broken by a record that is not there', mended],
  ])('stays where its item %s', async (_, record) => {
    expect(await again(record)).toMatchObject([{ done: false }]);
    expect(fake.documents.commandCalls(TransactWriteCommand)).toEqual([]);
  });

  it('does not count with a record that begins with something else', async () => {
    const other = recordOf({ sequenceNumber: '11', images: { before: standing('!'), after: standing('failed') } });
    expect(await again(broke, other)).toMatchObject([{ done: false }, { done: false }]);
  });

  it('counts nothing when the item was made and removed without ever being readable', async () => {
    const made = recordOf({ eventName: 'INSERT', images: { after: standing('?') } });
    const removed = recordOf({ eventName: 'REMOVE', sequenceNumber: '2', images: { before: standing('?') } });
    expect(await again(made, removed)).toMatchObject([{ done: true }, { done: true }]);
    expect(added()).toEqual({});
  });

  it('counts once, also when its message comes again', async () => {
    await again(broke, mended);
    const markers = [
      ...fake.documents
        .commandCalls(TransactWriteCommand)
        .map((call) => call.args[0].input.TransactItems?.[0]?.Put?.Item),
      ...fake.documents.commandCalls(PutCommand).map((call) => call.args[0].input.Item),
    ];
    fake.reset(...markers.map((marker) => ({ ...marker })));
    expect(markers.map((marker) => marker?.pk)).toEqual([expect.stringContaining(markerKey('').pk), expect.anything()]);
    expect(await again(broke)).toMatchObject([{ done: true }]);
    expect(await again(mended)).toMatchObject([{ done: true }]);
    expect(fake.documents.commandCalls(TransactWriteCommand)).toEqual([]);
  });

  it('takes an event as it is in the table: what is counted of it never changes', async () => {
    const record = recordOf({ eventName: 'INSERT', key: eventKey(BASE), images: { after: { src: 'src_1' } } });
    expect(await again(record)).toMatchObject([{ done: false }]);
    fake.items.push({ ...eventKey(BASE), env: ENVIRONMENT, createdAt });
    expect(await again(record)).toMatchObject([{ done: true }]);
    expect(added()).toMatchObject({ n_events: 1 });
  });
});
