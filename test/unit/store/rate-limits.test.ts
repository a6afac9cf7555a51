import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { LineTooBusyError, takePlace } from '../../../lambdas/store/configuration/rate-limits';
import { openTable } from '../../../lambdas/store/table/table';
import { conditionFailed } from '../support/dynamo-errors';
import { DESTINATION, NOW } from '../support/records';

const documents = mockClient(DynamoDBDocumentClient);
const table = openTable('table', new DynamoDBClient({ region: 'eu-central-1' }));
beforeEach(() => documents.reset());
const sent = () => documents.commandCalls(UpdateCommand).map((call) => call.args[0].input);
const take = () => takePlace(table, DESTINATION, 4, NOW);

describe('a place in line', () => {
  it('behind others is one conditional write', async () => {
    documents.on(UpdateCommand).resolves({ Attributes: { free: NOW + 1250 } });
    expect(await take()).toBe(NOW + 1000);
    expect(sent()).toHaveLength(1);
    expect(sent()[0]).toMatchObject({
      Key: { pk: `RATE#${DESTINATION}`, sk: 'RATE#4' },
      ConditionExpression: '#free > :now',
      ExpressionAttributeValues: { ':interval': 250, ':now': NOW },
    });
  });

  it('where nobody waits is at once, and the line is forgotten a day later', async () => {
    documents
      .on(UpdateCommand)
      .rejectsOnce(conditionFailed())
      .resolves({ Attributes: { free: NOW + 250 } });
    expect(await take()).toBe(NOW);
    expect(sent()[1]).toMatchObject({
      ConditionExpression: 'attribute_not_exists(#free) OR #free <= :now',
      ExpressionAttributeValues: { ':free': NOW + 250, ':expires': Math.floor(NOW / 1000) + 86_400 },
    });
  });

  it('is behind whoever was quicker by a moment', async () => {
    documents
      .on(UpdateCommand)
      .rejectsOnce(conditionFailed())
      .rejectsOnce(conditionFailed())
      .resolves({ Attributes: { free: NOW + 500 } });
    expect(await take()).toBe(NOW + 250);
  });

  it('that cannot be had is no place: the message comes back', async () => {
    documents.on(UpdateCommand).rejects(conditionFailed());
    await expect(take()).rejects.toThrow(LineTooBusyError);
    documents.on(UpdateCommand).rejects(new Error('throttled'));
    await expect(take()).rejects.toThrow('throttled');
  });
});
