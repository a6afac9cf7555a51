import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { claim, claimParameters } from '../../../lambdas/store/deliveries/claims';
import { openTable } from '../../../lambdas/store/table/table';
import { cancelled, conditionFailed } from '../support/dynamo-errors';
import { deliveryItem } from '../support/items';
import { BASE, DESTINATION, deliveryOf, ENVIRONMENT, NOW } from '../support/records';

const message = {
  ...{ base: BASE, ordinal: 2, environment: ENVIRONMENT, destination: DESTINATION },
  attempt: 3,
  token: 'token-1',
};
const request = { message, claimId: 'claim-1', now: NOW, until: NOW + 25_000 };

describe('the parameters of a claim', () => {
  const parameters = claimParameters('table', request);

  it('take the attempt only if it is the next one, and nobody or nobody alive is at it', () => {
    expect(parameters.ConditionExpression).toBe(
      'made = :before AND (#status IN (:pending, :retrying) OR (#status = :sent AND claimUntil < :now))',
    );
    expect(parameters.ExpressionAttributeValues).toMatchObject({
      ':before': 2,
      ':pending': 'pending',
      ':retrying': 'retrying',
      ':sent': 'sent',
      ':now': NOW,
    });
  });

  it('name the claim and until when it holds, and count it', () => {
    expect(parameters.UpdateExpression).toBe(
      'SET #status = :sent, claimId = :claim, claimUntil = :until, claims = if_not_exists(claims, :zero) + :one, updatedAt = :now',
    );
    expect(parameters.ExpressionAttributeValues).toMatchObject({ ':claim': 'claim-1', ':until': NOW + 25_000 });
  });

  it('ask for the delivery in either case, so that no read is needed', () => {
    expect(parameters).toMatchObject({
      Key: { pk: `EVT#${BASE}`, sk: 'DLV#0002' },
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
  });

  it('change no key of any index', () => {
    expect(parameters.UpdateExpression).not.toMatch(/tlPk|tlSk|dstPk|dstSk|attPk|attSk/);
  });
});

describe('a claim', () => {
  const documents = mockClient(DynamoDBDocumentClient);
  const table = openTable('table', new DynamoDBClient({ region: 'eu-central-1' }));
  beforeEach(() => void documents.reset());

  it('that is taken answers with the delivery as it is now', async () => {
    const delivery = deliveryOf({ ordinal: 2, status: 'sent', made: 2, claimId: 'claim-1' });
    documents.on(UpdateCommand).resolves({ Attributes: deliveryItem(delivery) });
    expect(await claim(table, request)).toEqual({ kind: 'claimed', delivery });
  });

  it('that is refused says how the delivery stands instead', async () => {
    const delivery = deliveryOf({ ordinal: 2, status: 'delivered', made: 3 });
    documents.on(UpdateCommand).rejects(conditionFailed(deliveryItem(delivery)));
    expect(await claim(table, request)).toEqual({ kind: 'refused', delivery });
  });

  it('that finds no delivery says so', async () => {
    documents.on(UpdateCommand).rejects(conditionFailed());
    expect(await claim(table, request)).toEqual({ kind: 'refused', delivery: undefined });
  });

  it('that was written, although its answer was lost and the write repeated, is not taken for another worker’s', async () => {
    const delivery = deliveryOf({ ordinal: 2, status: 'sent', made: 2, claimId: 'claim-1', claimUntil: NOW + 25_000 });
    documents.on(UpdateCommand).rejects(conditionFailed(deliveryItem(delivery)));
    expect(await claim(table, request)).toEqual({ kind: 'claimed', delivery });
  });

  it.each([
    ['a throttled write', new Error('ThrottlingException')],
    ['a cancelled transaction', cancelled('ThrottlingError')],
  ])('does not take %s for a refusal', async (_, error) => {
    documents.on(UpdateCommand).rejects(error);
    await expect(claim(table, request)).rejects.toBe(error);
  });
});
