import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Command } from 'commander';
import * as z from 'zod';
import { openTable } from '../../lambdas/store/table/table';
import { runningStack } from '../running-stack';
import type { Subject } from './verify';

const given = z.object({
  local: z.boolean().default(false),
  table: z.string().optional(),
  endpoint: z.string().optional(),
  deadLetterQueue: z.string().optional(),
  sqsEndpoint: z.string().optional(),
  api: z.string().optional(),
  key: z.string().optional(),
  days: z.coerce.number().positive(),
  patience: z.coerce.number().nonnegative(),
});

/** Options that do not say what is to be verified. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

/**
 * Reads the command line.
 *
 * @throws OptionsError with a sentence for the person who typed it
 */
export function readOptions(argv: readonly string[]): Subject {
  const command = new Command('npm run verify:consistency --')
    .description('Compares a full scan of the table with the counters, the API and the dead-letter queue.')
    .option('--local', 'the running local stack, with its key and its queue')
    .option('--table <name>', 'table of a deployed stack (output TableName)')
    .option('--endpoint <url>', 'address of DynamoDB, if not the one of the region')
    .option('--dead-letter-queue <url>', 'dead-letter queue (output DeadLetterQueueUrl)')
    .option('--sqs-endpoint <url>', 'address of SQS, if not the one of the region')
    .option('--api <url>', 'the HTTP API (output ApiUrl); needs --key')
    .option('--key <key>', 'an API key that may read')
    .option('--days <number>', 'how far back buckets are compared; at most the days that deliveries are kept', '14')
    .option('--patience <seconds>', 'how long the counters are given to catch up', '15')
    .parse(argv, { from: 'user' });
  const options = given.parse(command.opts());
  const common = { days: options.days, patienceSeconds: options.patience };
  if (options.local) return { ...localStack(), ...common };
  if (options.table === undefined) throw new OptionsError('Name the table with --table, or give --local.');
  return { ...deployedStack(options, options.table), ...common };
}

function localStack() {
  const stack = runningStack();
  if (stack === undefined) throw new OptionsError('No local stack is running: start one with npm start.');
  const { apiUrl, apiKey, table, sqs, outputs } = stack;
  return { table, api: { url: apiUrl, key: apiKey }, deadLetters: { sqs, url: outputs.DeadLetterQueueUrl } };
}

function deployedStack(
  { endpoint, deadLetterQueue, sqsEndpoint, api, key }: z.output<typeof given>,
  table: string,
): Omit<Subject, 'days' | 'patienceSeconds'> {
  if (api !== undefined && key === undefined) throw new OptionsError('Give a --key for the --api.');
  const sqs = new SQSClient(sqsEndpoint === undefined ? {} : { endpoint: sqsEndpoint });
  return {
    table: openTable(table, new DynamoDBClient(endpoint === undefined ? {} : { endpoint })),
    api: api === undefined || key === undefined ? undefined : { url: api.replace(/\/$/, ''), key },
    deadLetters: deadLetterQueue === undefined ? undefined : { sqs, url: deadLetterQueue },
  };
}
