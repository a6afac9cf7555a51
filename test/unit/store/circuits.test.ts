import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  changeCircuit,
  closeCircuit,
  countFailure,
  forgetFailures,
  openCircuit,
} from '../../../lambdas/store/configuration/circuits';
import { openTable } from '../../../lambdas/store/table/table';
import { conditionFailed } from '../support/dynamo-errors';
import { destinationItem } from '../support/fake-table';
import { destinationOf, NOW } from '../support/records';

const documents = mockClient(DynamoDBDocumentClient);
const table = openTable('table', new DynamoDBClient({ region: 'eu-central-1' }));
const destination = destinationOf();
const open = { state: 'open', token: 'a', openedAt: NOW, trips: 1, probeAt: NOW } as const;
const probe = { state: 'half_open', token: 'b', openedAt: NOW, trips: 1, probeUntil: NOW } as const;

beforeEach(() => {
  documents.reset();
  documents.on(UpdateCommand).resolves({ Attributes: destinationItem(destination) });
});
const sent = () => documents.commandCalls(UpdateCommand)[0]?.args[0].input;

const CLOSED = 'attribute_not_exists(circuit) AND #status = :active';
const AS_READ = 'circuit.#token = :token AND #status = :active';

describe('a write to a breaker', () => {
  it.each([
    ['counts a failure while it is closed', countFailure, 'ADD #failures :one'],
    ['ends a row of failures while it is closed', forgetFailures, 'REMOVE #failures'],
  ] as const)('%s', async (_, change, expression) => {
    expect(await change(table, destination)).toEqual({ kind: 'done', destination });
    expect(sent()).toMatchObject({ UpdateExpression: expression, ConditionExpression: CLOSED });
  });

  it('opens only what nobody has closed since it was counted', async () => {
    await openCircuit(table, destination, open, 20);
    expect(sent()).toMatchObject({
      UpdateExpression: 'SET #circuit = :circuit',
      ConditionExpression: `${CLOSED} AND #failures >= :failures`,
      ExpressionAttributeValues: { ':circuit': open, ':failures': 20, ':active': 'active' },
    });
  });

  it('changes only the circuit that was read', async () => {
    await changeCircuit(table, destination, open, probe, 21);
    expect(sent()).toMatchObject({
      UpdateExpression: 'SET #circuit = :circuit, #failures = :failures',
      ConditionExpression: AS_READ,
      ExpressionAttributeValues: { ':circuit': probe, ':failures': 21, ':token': 'a' },
    });
  });

  it('closes only the circuit that was read, and says since when there is something to drain', async () => {
    await closeCircuit(table, destination, probe, NOW);
    expect(sent()).toMatchObject({
      UpdateExpression: 'SET #drainingSince = :drainingSince REMOVE #failures, #circuit',
      ConditionExpression: AS_READ,
      ExpressionAttributeValues: { ':drainingSince': NOW, ':token': 'b' },
    });
  });

  it('that is refused says how the destination stands, and that it was deleted when it was', async () => {
    const other = destinationOf({ circuit: { ...open, token: 'c' } });
    documents.on(UpdateCommand).rejects(conditionFailed(destinationItem(other)));
    expect(await changeCircuit(table, destination, open, probe, 0)).toEqual({ kind: 'refused', destination: other });
    documents.on(UpdateCommand).rejects(conditionFailed());
    expect(await countFailure(table, destination)).toEqual({ kind: 'refused', destination: undefined });
  });

  it('whose answer was lost and that the SDK repeated has been made', async () => {
    const made = destinationOf({ circuit: probe });
    documents.on(UpdateCommand).rejects(conditionFailed(destinationItem(made)));
    expect(await changeCircuit(table, destination, open, probe, 0)).toEqual({ kind: 'done', destination: made });
  });

  it('that failed otherwise is no refusal', async () => {
    documents.on(UpdateCommand).rejects(new Error('throttled'));
    await expect(countFailure(table, destination)).rejects.toThrow('throttled');
  });
});
