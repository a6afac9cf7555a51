import type { SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import type { DurableQueue } from '../sqs/durable-queue';
import type { FauxqsMessage, FauxqsReceived } from '../sqs/fauxqs';
import { ACCOUNT_ID, REGION } from '../template/template';

/**
 * A received message as a function gets it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
 */
export function toQueueRecord(queue: DurableQueue, received: FauxqsReceived): SQSRecord {
  const message = queue.inflightMessages.get(received.ReceiptHandle)?.message;
  return {
    messageId: received.MessageId,
    receiptHandle: received.ReceiptHandle,
    body: received.Body,
    attributes: {
      ApproximateReceiveCount: String(message?.approximateReceiveCount),
      SentTimestamp: String(message?.sentTimestamp),
      SenderId: ACCOUNT_ID,
      ApproximateFirstReceiveTimestamp: String(message?.approximateFirstReceiveTimestamp),
      ...(message?.messageGroupId !== undefined && { MessageGroupId: message.messageGroupId }),
    },
    messageAttributes: attributesOf(message),
    md5OfBody: received.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queue.arn,
    awsRegion: REGION,
  };
}

const attributesOf = (message: FauxqsMessage | undefined): SQSMessageAttributes =>
  Object.fromEntries(
    Object.entries(message?.messageAttributes ?? {}).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        dataType: DataType,
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
      },
    ]),
  );
