import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type AttemptRecord,
  type Outcome,
  recordAttempt,
  recordParameters,
} from '../../../lambdas/store/deliveries/outcomes';
import { openTable } from '../../../lambdas/store/table/table';
import { cancelled, conditionFailed } from '../support/dynamo-errors';
import { changesOf, looseEnds } from '../support/expressions';
import { deliveryItem } from '../support/items';
import { skipPauses } from '../support/pauses';
import { attemptOf, BASE, DESTINATION, deliveryOf, ENVIRONMENT, NOW } from '../support/records';

const settings = { shards: 4, retentionDays: 30 };
const INDEX_KEYS = ['tlPk', 'tlSk', 'dstPk', 'dstSk', 'attPk', 'attSk'];
const dead: Outcome = { kind: 'dead', messageId: 'message-1', token: 'token-1', pauseDestination: false };
const retry: Outcome = { kind: 'retry', nextAttemptAt: NOW + 5000 };
const delivered: Outcome = { kind: 'delivered' };

function recordOf(outcome: Outcome, number = 1, changes: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    delivery: deliveryOf({ status: 'sent', made: number - 1, claimId: 'claim-1' }),
    claimId: 'claim-1',
    attempt: attemptOf({ number }),
    maxAttempts: 5,
    outcome,
    now: NOW,
    ...changes,
  };
}

describe('the parameters that record an attempt', () => {
  it('touch no index key when a first attempt was delivered', () => {
    const { set, remove } = changesOf(recordParameters('table', recordOf(delivered), settings));
    expect(Object.keys(set).filter((name) => INDEX_KEYS.includes(name))).toEqual([]);
    expect(remove.filter((name) => INDEX_KEYS.includes(name)).sort()).toEqual(['attPk', 'attSk']);
    expect(set).toMatchObject({ status: 'delivered', made: 1, deliveredAt: NOW, first: attemptOf() });
  });

  it('are written under the claim only', () => {
    const parameters = recordParameters('table', recordOf(delivered), settings);
    expect(parameters.ConditionExpression).toBe('#claimId = :claimId');
    expect(parameters.ExpressionAttributeValues[':claimId']).toBe('claim-1');
    expect(parameters).toMatchObject({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
  });

  it.each([
    ['delivered', delivered],
    ['to be retried', retry],
    ['dead', dead],
  ])('leave nothing of the claim when the delivery is %s', (_, outcome) => {
    const parameters = recordParameters('table', recordOf(outcome), settings);
    const { set, remove } = changesOf(parameters);
    expect(remove).toEqual(expect.arrayContaining(['claimId', 'claimUntil', 'claims']));
    expect(remove.filter((name) => name in set)).toEqual([]);
    expect(looseEnds(parameters)).toEqual([]);
  });

  it('remember which targets accepted until all have', () => {
    const accepted = ['mark-1'];
    expect(changesOf(recordParameters('table', recordOf(retry, 1, { accepted }), settings)).set).toMatchObject({
      accepted,
    });
    const { set, remove } = changesOf(recordParameters('table', recordOf(delivered, 1, { accepted }), settings));
    expect(set).not.toHaveProperty('accepted');
    expect(remove).toContain('accepted');
  });

  it('end in partial when some targets accepted, also when the last attempt knows nothing of them', () => {
    const delivery = deliveryOf({ status: 'sent', made: 0, claimId: 'claim-1', accepted: ['mark-1'] });
    for (const changes of [{ accepted: ['mark-1'] }, { delivery }]) {
      const { set } = changesOf(recordParameters('table', recordOf(dead, 1, changes), settings));
      expect(set).toMatchObject({ status: 'partial', accepted: ['mark-1'], deathToken: 'token-1' });
      expect(set.attPk).toContain('#partial#');
    }
    expect(changesOf(recordParameters('table', recordOf(dead), settings)).set).toMatchObject({ status: 'failed' });
  });

  it('say when a retry is due and list the delivery for attention', () => {
    const { set, remove } = changesOf(recordParameters('table', recordOf(retry), settings));
    expect(set).toMatchObject({ status: 'retrying', nextAttemptAt: NOW + 5000 });
    expect(set.attPk).toBe(`ENV#${ENVIRONMENT}#retrying#${Number.parseInt(BASE.slice(-4), 16) % 4}`);
    expect(set.attSk).toBe(`${new Date(NOW).toISOString()}#${BASE}00010000`);
    expect(remove).not.toContain('nextAttemptAt');
  });

  it('remember the dying message and forget the retry that was due', () => {
    const { set, remove } = changesOf(recordParameters('table', recordOf(dead, 5), settings));
    expect(set).toMatchObject({ status: 'failed', deathToken: 'token-1', deathMessageId: 'message-1' });
    expect(remove).toContain('nextAttemptAt');
  });

  it('keep the first attempt whole and only the figures of later ones', () => {
    const attempt = attemptOf({ number: 2, statusCode: 500, detail: Buffer.from('packed') });
    const { set } = changesOf(recordParameters('table', recordOf(retry, 2, { attempt }), settings));
    expect(set.first).toBeUndefined();
    expect(set.last).toEqual({ statusCode: 500, latencyMs: 12, errorCode: undefined, errorMessage: undefined });
  });

  it('keep the delivery for the retention period after its latest change', () => {
    const { set } = changesOf(recordParameters('table', recordOf(delivered), settings));
    expect(set.expiresAt).toBe(Math.floor(NOW / 1000) + 30 * 86_400);
  });
});

describe('recording an attempt', () => {
  const documents = mockClient(DynamoDBDocumentClient);
  const table = openTable('table', new DynamoDBClient({ region: 'eu-central-1' }));
  const itemsOf = () => documents.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems ?? [];
  beforeEach(() => void documents.reset());

  it.each([
    ['delivered', delivered],
    ['to be retried', retry],
  ])('is a single update when a first attempt left the delivery %s', async (_, outcome) => {
    documents.on(UpdateCommand).resolves({});
    expect(await recordAttempt(table, recordOf(outcome), settings)).toBe(true);
    expect(documents.calls()).toHaveLength(1);
  });

  it('joins a later attempt to its delivery in one transaction', async () => {
    documents.on(TransactWriteCommand).resolves({});
    expect(await recordAttempt(table, recordOf(delivered, 2), settings)).toBe(true);
    const [update, put, ...rest] = itemsOf();
    expect(update?.Update?.Key).toEqual({ pk: `EVT#${BASE}`, sk: 'DLV#0001' });
    expect(put?.Put?.Item).toMatchObject({
      pk: `EVT#${BASE}`,
      sk: 'DLV#0001#ATT#0002',
      number: 2,
      dstPk: `DST#${DESTINATION}#ATT`,
    });
    expect(rest).toEqual([]);
  });

  it('joins the dead letter when a first attempt was the last', async () => {
    documents.on(TransactWriteCommand).resolves({});
    await recordAttempt(table, recordOf(dead), settings);
    const letter = itemsOf().find((one) => one.Put)?.Put?.Item;
    expect(itemsOf()).toHaveLength(2);
    expect(letter).toMatchObject({ sk: 'DLV#0001#DLQ#0001', attemptCount: 1 });
    expect(letter?.attPk).toMatch(new RegExp(`^ENV#${ENVIRONMENT}#dead#[0-3]$`));
  });

  it('counts the attempts of the round in the dead letter, not those of earlier rounds', async () => {
    documents.on(TransactWriteCommand).resolves({});
    const delivery = deliveryOf({ status: 'sent', made: 6, roundStart: 5 });
    await recordAttempt(table, recordOf(dead, 7, { delivery }), settings);
    expect(itemsOf().find((one) => one.Put?.Item?.sk === 'DLV#0001#DLQ#0007')?.Put?.Item?.attemptCount).toBe(2);
    expect(itemsOf()).toHaveLength(3);
  });

  it('pauses a destination that is gone in the same transaction', async () => {
    documents.on(TransactWriteCommand).resolves({});
    await recordAttempt(table, recordOf({ ...dead, pauseDestination: true }), settings);
    const pause = itemsOf().at(-1)?.Update;
    expect(pause?.Key).toEqual({ pk: `ENV#${ENVIRONMENT}`, sk: `DST#${DESTINATION}` });
    expect(pause?.ExpressionAttributeValues).toMatchObject({ ':status': 'paused', ':pausedBecause': 'gone' });
    expect(pause?.ConditionExpression).toBe('attribute_exists(pk)');
  });

  it('answers that the claim was lost, single or in a transaction', async () => {
    const item = deliveryItem(deliveryOf({ status: 'sent', claimId: 'claim-2' }));
    documents.on(UpdateCommand).rejects(conditionFailed(item));
    documents.on(TransactWriteCommand).rejects(cancelled({ code: 'ConditionalCheckFailed', item }, 'None'));
    expect(await recordAttempt(table, recordOf(delivered), settings)).toBe(false);
    expect(await recordAttempt(table, recordOf(delivered, 2), settings)).toBe(false);
  });

  it('tries again when deliveries that pause the same destination at once get in each other’s way', async () => {
    documents
      .on(TransactWriteCommand)
      .rejectsOnce(cancelled('None', 'None', 'TransactionConflict'))
      .rejectsOnce(cancelled('None', 'None', 'TransactionConflict'))
      .resolves({});
    expect(await recordAttempt(table, recordOf({ ...dead, pauseDestination: true }), settings)).toBe(true);
    expect(documents.calls()).toHaveLength(3);
  });

  it('gives up on a conflict that does not end, so that the message comes back', async () => {
    skipPauses();
    documents.on(TransactWriteCommand).rejects(cancelled('TransactionConflict', 'None'));
    await expect(recordAttempt(table, recordOf(delivered, 2), settings)).rejects.toThrow('Transaction cancelled');
    expect(documents.calls().length).toBeLessThan(100);
  });

  it('does not take a throttled write for a lost claim', async () => {
    skipPauses();
    documents.on(UpdateCommand).rejects(new Error('ThrottlingException'));
    documents.on(TransactWriteCommand).rejects(cancelled('ThrottlingError', 'None'));
    await expect(recordAttempt(table, recordOf(delivered), settings)).rejects.toThrow('Throttling');
    await expect(recordAttempt(table, recordOf(delivered, 2), settings)).rejects.toThrow('Transaction cancelled');
  });
});
