import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { dynamoDbClient, STACK_CREDENTIALS } from '../../local/dynamodb/client';
import type { LocalStack } from '../../local/stack';
import { REGION } from '../../local/template/template';

/** The least that any such system does for a delivery, on the same emulators. */
export interface Floor {
  /** Puts one item of 1 KB and passes one message through a queue; answers with the milliseconds. */
  once(): Promise<number>;
  stop(): void;
}

/** Opens the bare loop on a queue of its own. */
export async function openFloor({ endpoints, outputs }: LocalStack): Promise<Floor> {
  const dynamoDb = dynamoDbClient(endpoints.dynamodb);
  const sqs = new SQSClient({ endpoint: endpoints.sqs, region: REGION, credentials: STACK_CREDENTIALS });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'bench-floor' }));
  let made = 0;
  return {
    once: async () => {
      const startedAt = performance.now();
      made += 1;
      const Item = { pk: { S: `FLOOR#${made}` }, sk: { S: 'FLOOR' }, data: { S: 'x'.repeat(900) } };
      await dynamoDb.send(new PutItemCommand({ TableName: outputs.TableName, Item }));
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: String(made) }));
      const receive = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 });
      const { Messages = [] } = await sqs.send(receive);
      const elapsed = performance.now() - startedAt;
      for (const { ReceiptHandle } of Messages) {
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
      return elapsed;
    },
    stop: () => {
      dynamoDb.destroy();
      sqs.destroy();
    },
  };
}
