import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { timeKey } from '../../../lambdas/store/addresses';
import type { Destination } from '../../../lambdas/store/configuration';
import type { Delivery } from '../../../lambdas/store/delivery-items';
import type { Swept } from '../../../lambdas/sweep/handler';
import { conditionFailed } from '../support/dynamo-errors';
import { destinationItem, fakeTable } from '../support/fake-table';
import { setEnvironment } from '../support/function-environment';
import { deliveryItem } from '../support/items';
import { captureOutput } from '../support/log-lines';
import { deliveryOf, destinationOf, ENVIRONMENT, idOf, ORGANIZATION } from '../support/records';

let handler: () => Promise<Swept>;
const table = fakeTable();
const sqs = mockClient(SQSClient);
let output: ReturnType<typeof captureOutput>;

beforeAll(async () => {
  setEnvironment('sweep');
  ({ handler } = await import('../../../lambdas/sweep/handler'));
});
beforeEach(() => {
  output = captureOutput();
  sqs.reset();
  sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { ApproximateNumberOfMessages: '0' } });
});
afterEach(() => output.restore());

/** A delivery that is parked, as the attention index lists it. */
const parked = (delivery: Delivery, shard = 0) => ({
  ...deliveryItem({ ...delivery, status: 'circuit_open' }),
  attPk: `ENV#${ENVIRONMENT}#circuit_open#${shard}`,
  attSk: timeKey(delivery.createdAt, delivery.base, delivery.delivery),
});

function given(destination: Partial<Destination>, ...items: Record<string, unknown>[]): void {
  table.reset(
    { pk: 'ORGS', sk: 'acme', id: ORGANIZATION },
    { pk: `ORG#${ORGANIZATION}`, sk: 'ENV#test', id: ENVIRONMENT },
    destinationItem(destinationOf(destination)),
    ...items,
  );
  table.documents.on(UpdateCommand).resolves({});
}
const updates = () => table.documents.commandCalls(UpdateCommand).map((one) => one.args[0].input);
const long = '2026-01-01T00:00:00.000Z';

describe('the function sweep', () => {
  it('puts what a resumed destination had parked back to pending, the oldest first', async () => {
    const old = deliveryOf({ delivery: 2, createdAt: '2026-01-01T00:00:00.000Z' });
    given({ draining: true }, parked(deliveryOf()), parked(old, 1));
    expect(await handler()).toMatchObject({ resumed: 2 });
    expect(updates().map((one) => one.Key?.sk)).toEqual(['DLV#0002', 'DLV#0001']);
    expect(updates()[0]?.ExpressionAttributeValues).toMatchObject({ ':status': 'pending', ':from0': 'circuit_open' });
  });

  it.each([
    ['paused', { status: 'paused', draining: true }],
    ['never paused', {}],
  ] as const)('reads nothing that is parked for a destination that is %s', async (_, destination) => {
    given(destination, parked(deliveryOf()));
    expect(await handler()).toMatchObject({ resumed: 0 });
    expect(updates()).toEqual([]);
  });

  it('leaves alone what is parked for another destination', async () => {
    given({ draining: true }, parked(deliveryOf({ destination: idOf('dst', 9) })));
    expect(await handler()).toMatchObject({ resumed: 0 });
  });

  it('does not count what somebody else has resumed meanwhile', async () => {
    given({ draining: true }, parked(deliveryOf()));
    table.documents.on(UpdateCommand).rejects(conditionFailed(deliveryItem(deliveryOf())));
    expect(await handler()).toMatchObject({ resumed: 0 });
  });

  it('stops looking once nothing is parked any more and the resuming is a while ago', async () => {
    given({ draining: true, updatedAt: long });
    await handler();
    expect(updates()).toHaveLength(1);
    expect(updates()[0]).toMatchObject({
      UpdateExpression: 'REMOVE #draining',
      ConditionExpression: 'updatedAt = :read',
    });
  });

  it('keeps looking for a while after the resuming: a warm worker may still be parking', async () => {
    given({ draining: true, updatedAt: new Date().toISOString() });
    await handler();
    expect(updates()).toEqual([]);
  });

  it('goes on when the destination was changed in the moment it stops looking', async () => {
    given({ draining: true, updatedAt: long });
    table.documents.on(UpdateCommand).rejects(conditionFailed());
    expect(await handler()).toMatchObject({ resumed: 0 });
  });
});
