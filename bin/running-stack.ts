import { readFileSync } from 'node:fs';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { openTable } from '../lambdas/store/table/table';
import { RUNNING_STACK_FILE } from '../local/cli/ready-files';
import { dynamoDbClient, STACK_CREDENTIALS } from '../local/dynamodb/client';
import { REGION } from '../local/template/template';

const content = z.object({
  apiUrl: z.string(),
  apiKey: z.string(),
  endpoints: z.object({ dynamodb: z.string(), sqs: z.string() }),
  outputs: z.object({ TableName: z.string(), DeadLetterQueueUrl: z.string(), SetAsideQueueUrl: z.string() }),
});

/** The local stack that is running, with clients for it; undefined if none is. */
export function runningStack() {
  const stack = read();
  if (stack === undefined) return undefined;
  const { endpoints, outputs } = stack;
  return {
    ...stack,
    table: openTable(outputs.TableName, dynamoDbClient(endpoints.dynamodb)),
    sqs: new SQSClient({ endpoint: endpoints.sqs, region: REGION, credentials: STACK_CREDENTIALS }),
  };
}

function read(): z.output<typeof content> | undefined {
  try {
    return content.parse(JSON.parse(readFileSync(RUNNING_STACK_FILE, 'utf8')));
  } catch {
    return undefined;
  }
}
