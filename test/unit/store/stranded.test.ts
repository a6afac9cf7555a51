import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { enqueueStranded } from '../../../lambdas/store/deliveries/stranded';
import { openTable } from '../../../lambdas/store/table/table';
import { conditionFailed } from '../support/dynamo-errors';
import { deliveryItem } from '../support/items';
import { deliveryOf, NOW } from '../support/records';

const documents = mockClient(DynamoDBDocumentClient);
const table = openTable('table', new DynamoDBClient({ region: 'eu-central-1' }));
const stranded = deliveryOf({ status: 'sent', made: 1, updatedAt: 7, claimId: 'gone', claimUntil: 8 });

beforeEach(() => documents.reset());

describe('enqueuing a delivery whose message is gone', () => {
  it('puts it back to pending in the same round, if nothing has touched it since it was read', async () => {
    documents.on(UpdateCommand).resolves({});
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
