import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { deliveryId } from '../../../lambdas/domain/identifiers';
import { recoverDeliveries } from '../../../lambdas/functions/sweep/recover';
import type { Delivery } from '../../../lambdas/store/deliveries/delivery-items';
import type { Recovery } from '../../../lambdas/store/sweep/recoveries';
import { OPEN_RECOVERIES_PK, recoveryKey, timeKey } from '../../../lambdas/store/table/addresses';
import { openTable } from '../../../lambdas/store/table/table';
import { conditionFailed } from '../support/dynamo-errors';
import { fakeTable } from '../support/fake-table';
import { deliveryItem } from '../support/items';
import { BASE, DESTINATION, deliveryOf, ENVIRONMENT, idOf, NOW, ORGANIZATION } from '../support/records';

process.env.AWS_REGION = 'eu-central-1';

const fake = fakeTable();
const ID = idOf('rec', 1);
const at = new Date(NOW).toISOString();
const PLAN = { plan: [deliveryId(BASE, 1)], planEnd: timeKey(at, BASE, 1) };

const recoveryOf = (changes: Partial<Recovery> = {}): Recovery => ({
  ...{ id: ID, organization: ORGANIZATION, environment: ENVIRONMENT, destination: DESTINATION },
  ...{ from: '2020-01-01T00:00:00.000Z', to: at, status: 'running', seen: 0, replayed: 0, skipped: 0 },
  ...{ createdAt: at, updatedAt: at },
  ...changes,
});

/** A job in the table with deliveries; writes to the job are made, as far as the job's next step depends on them. */
function given(recovery: Recovery, ...deliveries: Delivery[]): void {
  let job = recovery;
  fake.reset(
    { ...recoveryKey(ENVIRONMENT, ID), ...job, attPk: OPEN_RECOVERIES_PK, attSk: `${job.createdAt}#${ID}` },
    ...deliveries.map((one) => ({
      ...deliveryItem(one),
      attPk: `ENV#${ENVIRONMENT}#${one.status}#0`,
      attSk: timeKey(one.createdAt, one.base, one.ordinal),
    })),
  );
  fake.documents.on(TransactWriteCommand).resolves({});
  fake.documents.on(UpdateCommand).callsFake(({ ExpressionAttributeValues: values = {} }) => {
    if (values[':planEnd']) job = { ...job, plan: values[':plan'], planEnd: values[':planEnd'] };
    else if (values[':end']) {
      const { plan: _, planEnd: position, ...rest } = job;
      job = { ...rest, position, replayed: values[':replayed'], skipped: values[':skipped'] };
    }
    return { Attributes: job };
  });
}
const recover = (table = openTable('table')) =>
  recoverDeliveries({ table, shards: 2, pace: 1000, timeLimitMs: 1000, now: () => NOW });
const writes = () => fake.documents.commandCalls(UpdateCommand).map(({ args }) => args[0].input);
const restarts = () => fake.documents.commandCalls(TransactWriteCommand).map(({ args }) => args[0].input.TransactItems);
const failed = (changes: Partial<Delivery> = {}) => deliveryOf({ status: 'failed', made: 1, ...changes });

describe('a recovery in the sweep', () => {
  it('that finds nothing is done and leaves the list of open ones', async () => {
    given(recoveryOf(), failed({ destination: idOf('dst', 9) }));
    expect(await recover()).toEqual({ replayed: 0, skipped: 0 });
    expect(writes()).toHaveLength(1);
    expect(writes()[0]?.UpdateExpression).toContain('REMOVE #attPk, #attSk');
    expect(writes()[0]?.ExpressionAttributeValues).toMatchObject({ ':status': 'done', ':read': 'running' });
  });

  it('writes its plan down before it restarts anything', async () => {
    given(recoveryOf(), failed());
    fake.documents.on(UpdateCommand).rejects(new Error('crashed'));
    await expect(recover()).rejects.toThrow('crashed');
    expect(writes()[0]?.ExpressionAttributeValues).toMatchObject({ ':plan': PLAN.plan, ':planEnd': PLAN.planEnd });
    expect(restarts()).toEqual([]);
  });

  it('restarts what is planned, notes itself in it, and counts', async () => {
    given(recoveryOf(PLAN), failed());
    expect(await recover()).toEqual({ replayed: 1, skipped: 0 });
    expect(restarts()[0]?.[0]?.Update?.ExpressionAttributeValues).toMatchObject({
      ...{ ':status': 'pending', ':cause': 'replay', ':recovery': ID },
    });
    expect(writes()[0]?.ExpressionAttributeValues).toMatchObject({ ':seen': 1, ':replayed': 1, ':skipped': 0 });
  });

  it.each([
    ['replayed by a run that died', deliveryOf({ recovery: ID, status: 'sent' }), { replayed: 1, skipped: 0 }],
    ['retried by somebody else', deliveryOf({ status: 'delivered' }), { replayed: 0, skipped: 1 }],
  ])('does not restart what was %s', async (_, delivery, counts) => {
    given(recoveryOf(PLAN), delivery);
    expect(await recover()).toEqual(counts);
    expect(restarts()).toEqual([]);
  });

  it('counts the plan of a cancelled job, and restarts nothing for it', async () => {
    given(recoveryOf({ ...PLAN, status: 'cancelled' }), failed());
    expect(await recover()).toEqual({ replayed: 0, skipped: 1 });
    expect(restarts()).toEqual([]);
    expect(writes().at(-1)?.UpdateExpression).toBe('REMOVE #attPk, #attSk');
  });

  it('leaves a job to the run that has counted its plan first', async () => {
    given(recoveryOf(PLAN), failed());
    fake.documents.on(UpdateCommand).rejects(conditionFailed());
    expect(await recover()).toEqual({ replayed: 0, skipped: 0 });
    expect(writes()).toHaveLength(1);
  });
});
