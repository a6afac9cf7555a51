import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Command } from 'commander';
import * as z from 'zod';
import { openTable } from '../../lambdas/store/table/table';
import { runningStack } from '../running-stack';
import { OptionsError } from '../verify/options';
import type { TakeBack } from './take-back';

const given = z.object({
  local: z.boolean().default(false),
  table: z.string().optional(),
  endpoint: z.string().optional(),
  queue: z.string().optional(),
  sqsEndpoint: z.string().optional(),
  patience: z.coerce.number().nonnegative(),
});

/**
 * Reads the command line.
 *
 * @throws OptionsError with a sentence for the person who typed it
 */
export function readOptions(argv: readonly string[]): TakeBack {
  const command = new Command('npm run replay:set-aside --')
    .description('Takes back the stream records that were set aside, once their items can be read.')
    .option('--local', 'the running local stack')
    .option('--table <name>', 'table of a deployed stack (output TableName)')
    .option('--queue <url>', 'set-aside queue (output SetAsideQueueUrl)')
    .option('--endpoint <url>', 'address of DynamoDB, if not the one of the region')
    .option('--sqs-endpoint <url>', 'address of SQS, if not the one of the region')
    .option('--patience <seconds>', 'how long to wait for records of repairs made just now', '15')
    .parse(argv, { from: 'user' });
  const { local, table, queue, endpoint, sqsEndpoint, patience: patienceSeconds } = given.parse(command.opts());
  if (local) return { ...localStack(), patienceSeconds };
  if (table === undefined || queue === undefined)
    throw new OptionsError('Name the table with --table and the queue with --queue, or give --local.');
  return {
    table: openTable(table, new DynamoDBClient(endpoint === undefined ? {} : { endpoint })),
    queue: { sqs: new SQSClient(sqsEndpoint === undefined ? {} : { endpoint: sqsEndpoint }), url: queue },
    patienceSeconds,
  };
}

function localStack() {
  const stack = runningStack();
  if (stack === undefined) throw new OptionsError('No local stack is running: start one with npm start.');
  return { table: stack.table, queue: { sqs: stack.sqs, url: stack.outputs.SetAsideQueueUrl } };
}
