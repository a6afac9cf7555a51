import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { TRANSITIONS } from '../../../lambdas/domain/delivery';
import {
  enqueueStranded,
  park,
  restart,
  restartParameters,
  resume,
} from '../../../lambdas/store/deliveries/transitions';
import { openTable } from '../../../lambdas/store/table/table';
import { cancelled, conditionFailed } from '../support/dynamo-errors';
import { changesOf, looseEnds } from '../support/expressions';
import { deliveryItem } from '../support/items';
import { skipPauses } from '../support/pauses';
import { BASE, DESTINATION, deliveryOf, NOW } from '../support/records';

const documents = mockClient(DynamoDBDocumentClient);
const table = openTable('table', new DynamoDBClient({ region: 'eu-central-1' }));
const dead = deliveryOf({ status: 'failed', made: 5, roundStart: 0, deathToken: 't', deathMessageId: 'm' });

beforeEach(() => {
  documents.reset();
  documents.on(UpdateCommand).resolves({});
  documents.on(TransactWriteCommand).resolves({});
});

/** The only update that was sent, checked to be complete. */
function sentUpdate() {
  const [call] = documents.commandCalls(UpdateCommand);
  const input = call?.args[0].input;
  const parameters = {
    UpdateExpression: input?.UpdateExpression ?? '',
    ConditionExpression: input?.ConditionExpression ?? '',
    ExpressionAttributeNames: input?.ExpressionAttributeNames ?? {},
    ExpressionAttributeValues: input?.ExpressionAttributeValues ?? {},
  };
  expect(looseEnds(parameters)).toEqual([]);
  return { ...parameters, ...changesOf(parameters) };
}

describe('the parameters of a restart', () => {
  it('start a round of attempts at zero and forget the death', () => {
    const { set, remove } = changesOf(restartParameters('table', dead, 'manual', NOW));
    expect(set).toEqual({ status: 'pending', cause: 'manual', roundStart: 5, updatedAt: NOW });
    expect(remove).toEqual(
      expect.arrayContaining(['deathToken', 'deathMessageId', 'nextAttemptAt', 'claimId', 'claims', 'attPk', 'attSk']),
    );
  });

  it.each([
    ['manual', TRANSITIONS.retry.from],
    ['requeue', TRANSITIONS.retry.from],
    ['replay', TRANSITIONS.retry.from],
    ['redrive', TRANSITIONS.redrive.from],
  ] as const)('by %s take the states that the table of transitions names, and no other', (cause, from) => {
    const parameters = restartParameters('table', dead, cause, NOW);
    const placeholders = from.map((_, index) => `:from${index}`);
    expect(parameters.ConditionExpression).toBe(
      `#status IN (${placeholders.join(', ')}) AND made = :made AND roundStart = :round`,
    );
    expect(placeholders.map((one) => parameters.ExpressionAttributeValues[one])).toEqual(from);
    expect(looseEnds(parameters)).toEqual([]);
  });

  it('hold only for the delivery as it was read', () => {
    const { ExpressionAttributeValues } = restartParameters('table', dead, 'manual', NOW);
    expect(ExpressionAttributeValues).toMatchObject({ ':made': 5, ':round': 0 });
  });
});

describe('a restart', () => {
  it('closes the dead letter of a dead delivery in the same transaction', async () => {
    expect(await restart(table, dead, 'redrive', NOW)).toEqual({ kind: 'done' });
    const items = documents.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems;
    expect(items?.[1]?.Delete?.Key).toEqual({ pk: `EVT#${BASE}`, sk: 'DLV#0001#DLQ#0005' });
    expect(documents.calls()).toHaveLength(1);
  });

  it.each(['circuit_open', 'schema_failed', 'retrying'] as const)(
    'of a %s delivery is a single write',
    async (status) => {
      await restart(table, deliveryOf({ status, made: 1 }), 'manual', NOW);
      expect(documents.commandCalls(UpdateCommand)).toHaveLength(1);
      expect(documents.calls()).toHaveLength(1);
    },
  );

  it('that came too late says how the delivery stands', async () => {
    const current = deliveryOf({ status: 'pending', made: 5, roundStart: 5 });
    const item = deliveryItem(current);
    documents.on(TransactWriteCommand).rejects(cancelled({ code: 'ConditionalCheckFailed', item }, 'None'));
    expect(await restart(table, dead, 'manual', NOW)).toEqual({ kind: 'refused', delivery: current });
  });

  it('is tried again when it meets another write of the same moment', async () => {
    documents.on(TransactWriteCommand).rejectsOnce(cancelled('TransactionConflict', 'None')).resolves({});
    expect(await restart(table, dead, 'manual', NOW)).toEqual({ kind: 'done' });
  });

  it('that failed for another reason is no refusal', async () => {
    skipPauses();
    documents.on(TransactWriteCommand).rejects(cancelled('None', 'ThrottlingError'));
    await expect(restart(table, dead, 'manual', NOW)).rejects.toThrow('Transaction cancelled');
  });
});

describe('parking', () => {
  it('spends no attempt and lists the delivery where resuming looks for it', async () => {
    expect(await park(table, deliveryOf({ status: 'retrying', made: 2 }), NOW, 1)).toEqual({ kind: 'done' });
    const { set, remove } = sentUpdate();
    expect(set).toEqual({
      status: 'circuit_open',
      updatedAt: NOW,
      attPk: `DST#${DESTINATION}#PARKED`,
      attSk: `${new Date(NOW).toISOString()}#${BASE}00010000`,
    });
    expect(remove).toEqual(['nextAttemptAt', 'claimId', 'claimUntil']);
  });

  it('takes what is due, and what a worker that is gone had claimed, but nothing that a live one has', async () => {
    await park(table, deliveryOf({ made: 2 }), NOW, 1);
    const { ConditionExpression, ExpressionAttributeValues } = sentUpdate();
    expect(ConditionExpression).toBe(
      'made = :made AND (#status IN (:pending, :retrying) OR (#status = :sent AND #claimUntil < :updatedAt))',
    );
    expect(ExpressionAttributeValues).toMatchObject({ ':made': 2, ':updatedAt': NOW, ':sent': 'sent' });
  });

  it('says how the delivery stands when it has moved on', async () => {
    const current = deliveryOf({ status: 'delivered', made: 1 });
    documents.on(UpdateCommand).rejects(conditionFailed(deliveryItem(current)));
    expect(await park(table, deliveryOf(), NOW, 1)).toEqual({ kind: 'refused', delivery: current });
  });
});

describe('resuming', () => {
  it('goes on with the round that was parked', async () => {
    await resume(table, deliveryOf({ status: 'circuit_open', made: 2 }), NOW);
    const { set, remove, ConditionExpression, ExpressionAttributeValues } = sentUpdate();
    expect(set).toEqual({ status: 'pending', updatedAt: NOW });
    expect(remove).toEqual(['attPk', 'attSk']);
    expect(ConditionExpression).toBe('#status IN (:from0)');
    expect(ExpressionAttributeValues[':from0']).toBe('circuit_open');
  });
});

describe('enqueuing a delivery whose message is gone', () => {
  const stranded = deliveryOf({ status: 'sent', made: 1, updatedAt: 7, claimId: 'gone', claimUntil: 8 });

  it('puts it back to pending in the same round, if nothing has touched it since it was read', async () => {
    expect(await enqueueStranded(table, stranded, NOW)).toEqual({ kind: 'done' });
    expect(documents.commandCalls(UpdateCommand)[0]?.args[0].input).toMatchObject({
      UpdateExpression: 'SET #status = :status, #updatedAt = :updatedAt REMOVE #claimId, #claimUntil',
      ConditionExpression: '#status IN (:from0, :from1) AND made = :made AND #updatedAt = :read',
      ExpressionAttributeValues: {
        ...{ ':status': 'pending', ':updatedAt': NOW, ':from0': 'pending', ':from1': 'sent' },
        ...{ ':made': 1, ':read': 7 },
      },
    });
  });

  it('is refused when a worker has turned up', async () => {
    const current = deliveryOf({ status: 'sent', made: 1, updatedAt: NOW });
    documents.on(UpdateCommand).rejects(conditionFailed(deliveryItem(current)));
    expect(await enqueueStranded(table, stranded, NOW)).toEqual({ kind: 'refused', delivery: current });
  });
});
