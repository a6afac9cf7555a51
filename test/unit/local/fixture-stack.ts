import { type AttributeValue, DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { type LocalStack, type LocalStackOptions, startLocalStack } from '../../../local/stack';
import { writeFixtureAssembly } from './fixture-assembly';

const AWS = { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };

/** The fixture's stack, and what tests do with it. */
export interface Fixture {
  readonly stack: LocalStack;
  put(item: Record<string, AttributeValue>): Promise<unknown>;
  send(body: string, group?: string): Promise<unknown>;
  /** What functions have noted that begins with this. */
  seen(prefix?: string): Promise<string[]>;
  eventually(prefix: string): ReturnType<typeof expect.poll<string[]>>;
  /** Waits for a message in the dead-letter queue. */
  deadBodies(): Promise<(string | undefined)[]>;
  stop(): Promise<void>;
}

/** Starts the fixture's assembly, with some resources over its own. */
export async function startFixture(extra: object, options: LocalStackOptions = {}): Promise<Fixture> {
  const assembly = writeFixtureAssembly(extra);
  const stack = await startLocalStack({ assembly: assembly.directory, ...options });
  const { Table: TableName, Work, Dead } = stack.outputs;
  const dynamodb = new DynamoDBClient({ ...AWS, endpoint: stack.endpoints.dynamodb });
  const sqs = new SQSClient({ ...AWS, endpoint: stack.endpoints.sqs });
  const seen = async (prefix = '') => {
    const KeyConditionExpression = 'pk = :seen';
    const ExpressionAttributeValues = { ':seen': { S: 'SEEN' } };
    const query = new QueryCommand({ TableName, KeyConditionExpression, ExpressionAttributeValues });
    const { Items = [] } = await dynamodb.send(query);
    return Items.map(({ text }) => text?.S ?? '').filter((text) => text.startsWith(prefix));
  };
  return {
    stack,
    put: (Item) => dynamodb.send(new PutItemCommand({ TableName, Item })),
    send: (MessageBody, MessageGroupId) =>
      sqs.send(new SendMessageCommand({ QueueUrl: Work, MessageBody, MessageGroupId })),
    seen,
    eventually: (prefix) => expect.poll(() => seen(prefix), { timeout: 10_000, interval: 50 }),
    deadBodies: async () => {
      const receive = new ReceiveMessageCommand({ QueueUrl: Dead, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 });
      return ((await sqs.send(receive)).Messages ?? []).map(({ Body }) => Body);
    },
    stop: async () => {
      dynamodb.destroy();
      sqs.destroy();
      await stack.stop();
      assembly.remove();
    },
  };
}
