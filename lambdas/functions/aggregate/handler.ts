import { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { setAside } from '../../queue/set-aside';
import { readEnvironment } from '../../runtime/environment';
import { logger } from '../../runtime/log';
import { openTable } from '../../store/table/table';
import { foldBatch } from './fold-batch';
import { keptImages } from './kept-images';
import { tableLedger } from './table-ledger';

const environment = readEnvironment('aggregate');
const ledger = tableLedger(openTable(environment.TABLE_NAME), Date.now);
const queue = { sqs: new SQSClient({}), url: environment.SET_ASIDE_QUEUE_URL, function: 'aggregate' } as const;

/** Table stream: folds changes into counters and statistics. A batch succeeds or fails as a whole; see decision 9. */
export async function handler({ Records }: DynamoDBStreamEvent): Promise<void> {
  const unreadable = await foldBatch(
    {
      ledger,
      setAside: async (record, error) => {
        logger.error('record set aside', { sequenceNumber: record.dynamodb?.SequenceNumber, error });
        await setAside(queue, record, error, { images: keptImages(record) });
      },
      now: Date.now,
    },
    Records,
  );
  logger.info('folded', { records: Records.length, setAside: unreadable });
}
