import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Destination } from '../../../lambdas/configuration/destination';
import type { Swept } from '../../../lambdas/functions/sweep/handler';
import type { Delivery } from '../../../lambdas/store/deliveries/delivery-items';
import { parkedPk, timeKey } from '../../../lambdas/store/table/addresses';
import { conditionFailed } from '../support/dynamo-errors';
import { destinationItem, fakeTable } from '../support/fake-table';
import { setEnvironment } from '../support/function-environment';
import { deliveryItem } from '../support/items';
import { captureOutput } from '../support/log-lines';
import { DESTINATION, deliveryOf, destinationOf, ENVIRONMENT, idOf, ORGANIZATION } from '../support/records';

let handler: () => Promise<Swept>;
const table = fakeTable();
const sqs = mockClient(SQSClient);
let output: ReturnType<typeof captureOutput>;

beforeAll(async () => {
  setEnvironment('sweep');
  ({ handler } = await import('../../../lambdas/functions/sweep/handler'));
});
beforeEach(() => {
  output = captureOutput();
  sqs.reset();
  sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { ApproximateNumberOfMessages: '0' } });
});
afterEach(() => output.restore());

/** A delivery that is parked, as the attention index lists it. */
const parked = (delivery: Delivery) => ({
  ...deliveryItem({ ...delivery, status: 'circuit_open' }),
  attPk: parkedPk(delivery.destination),
  attSk: timeKey(delivery.createdAt, delivery.base, delivery.ordinal),
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
const open = { state: 'open', token: 'x', openedAt: 0, trips: 1, probeAt: 0 } as const;
const LONG_AGO = Date.parse('2026-01-01T00:00:00.000Z');

describe('the function sweep', () => {
  it('puts what a resumed destination had parked back to pending, the oldest first', async () => {
    const old = deliveryOf({ ordinal: 2, createdAt: '2026-01-01T00:00:00.000Z' });
    // The index answers in the order of its sort keys.
    given({ drainingSince: LONG_AGO }, parked(old), parked(deliveryOf()));
    expect(await handler()).toMatchObject({ resumed: 2 });
    expect(updates().map((one) => one.Key?.sk)).toEqual(['DLV#0002', 'DLV#0001']);
    expect(updates()[0]?.ExpressionAttributeValues).toMatchObject({ ':status': 'pending', ':from0': 'circuit_open' });
  });

  it.each([
    ['paused', { status: 'paused', drainingSince: LONG_AGO }],
    ['never paused', {}],
    ['cooling down', { circuit: { ...open, probeAt: Date.now() + 60_000 } }],
    ['being probed', { circuit: { ...open, state: 'half_open', probeUntil: Date.now() + 60_000 } }],
  ] as const)('reads no more than the age of what is parked for a destination that is %s', async (_, destination) => {
    given(destination, parked(deliveryOf()));
    expect(await handler()).toMatchObject({ resumed: 0, probes: 0 });
    expect(updates()).toEqual([]);
    const indexReads = table.documents.commandCalls(QueryCommand).map((one) => one.args[0].input);
    const ofParked = indexReads.filter((one) => one.ExpressionAttributeValues?.[':pk'] === parkedPk(DESTINATION));
    expect(ofParked.filter(({ Limit }) => Limit !== 1)).toEqual([]);
    expect(ofParked.length).toBeLessThanOrEqual(1);
  });

  it.each([
    ['has cooled down', { ...open, probeAt: LONG_AGO }],
    ['has lost the worker of its probe', { ...open, state: 'half_open', probeUntil: LONG_AGO }],
  ] as const)('sends on the oldest that is parked for a destination that %s, and nothing else', async (_, circuit) => {
    const old = deliveryOf({ ordinal: 2, createdAt: '2026-01-01T00:00:00.000Z' });
    given({ circuit, drainingSince: LONG_AGO }, parked(old), parked(deliveryOf()));
    const replaced = circuit.state === 'half_open' ? 1 : 0;
    expect(await handler()).toMatchObject({ resumed: 0, probes: 1, repairs: { probes: replaced } });
    expect(updates().map((one) => one.Key?.sk)).toEqual(['DLV#0002']);
  });

  it('takes the next oldest for a probe when the oldest has moved on', async () => {
    given({ circuit: { ...open, probeAt: LONG_AGO } }, parked(deliveryOf({ ordinal: 2 })), parked(deliveryOf()));
    table.documents
      .on(UpdateCommand)
      .rejectsOnce(conditionFailed(deliveryItem(deliveryOf())))
      .resolves({});
    expect(await handler()).toMatchObject({ probes: 1 });
    expect(updates().map((one) => one.Key?.sk)).toEqual(['DLV#0002', 'DLV#0001']);
  });

  it('leaves alone what is parked for another destination', async () => {
    given({ drainingSince: LONG_AGO }, parked(deliveryOf({ destination: idOf('dst', 9) })));
    expect(await handler()).toMatchObject({ resumed: 0 });
  });

  it('does not count what somebody else has resumed meanwhile', async () => {
    given({ drainingSince: LONG_AGO }, parked(deliveryOf()));
    table.documents.on(UpdateCommand).rejects(conditionFailed(deliveryItem(deliveryOf())));
    expect(await handler()).toMatchObject({ resumed: 0 });
  });

  it('stops looking once nothing is parked any more and the resuming is a while ago', async () => {
    given({ drainingSince: LONG_AGO });
    await handler();
    expect(updates()).toHaveLength(1);
    expect(updates()[0]).toMatchObject({
      UpdateExpression: 'REMOVE #drainingSince',
      ConditionExpression: '#drainingSince = :read AND attribute_not_exists(circuit)',
    });
  });

  it('keeps looking for a while after the resuming: a warm worker may still be parking', async () => {
    given({ drainingSince: Date.now() });
    await handler();
    expect(updates()).toEqual([]);
  });

  it('goes on when the destination was changed in the moment it stops looking', async () => {
    given({ drainingSince: LONG_AGO });
    table.documents.on(UpdateCommand).rejects(conditionFailed());
    expect(await handler()).toMatchObject({ resumed: 0 });
  });
});
