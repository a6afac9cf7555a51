import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBRecord } from 'aws-lambda';
import type { FunctionName } from '../runtime/environment';
import { readStreamImage, type StreamImage } from '../store/table/stream-records';

/** The queue of stream records that cannot be read; an alarm watches it. */
export interface SetAsideQueue {
  readonly sqs: SQSClient;
  readonly url: string;
  readonly function: FunctionName;
}

/** Enough to say what is wrong: SQS limits the size of a message, and nothing limits an error's text. */
const MAX_REASON_LENGTH = 2_000;

/**
 * What is kept of a record: where its item is and what was wrong. The item stays in the table, and its content, which
 * may be a customer's, stays out of the queue.
 */
function setAsideBody(from: FunctionName, record: DynamoDBRecord, error: Error, details: object): string {
  const { Keys, SequenceNumber, ApproximateCreationDateTime } = record.dynamodb ?? {};
  return JSON.stringify({
    function: from,
    reason: error.message.slice(0, MAX_REASON_LENGTH),
    eventId: record.eventID,
    eventName: record.eventName,
    stream: record.eventSourceARN,
    sequenceNumber: SequenceNumber,
    changedAt: ApproximateCreationDateTime && new Date(ApproximateCreationDateTime * 1000).toISOString(),
    key: Keys && readStreamImage(Keys as StreamImage),
    ...details,
  });
}

/**
 * Sets a record aside, until somebody has mended its item and has it taken back. Throws errors of SQS, so a record may be
 * kept twice but is never lost.
 *
 * @param details what the function needs besides to take the record back; nothing of a customer's
 */
export async function setAside(
  queue: SetAsideQueue,
  record: DynamoDBRecord,
  error: Error,
  details: object = {},
): Promise<void> {
  const MessageBody = setAsideBody(queue.function, record, error, details);
  await queue.sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody }));
}
