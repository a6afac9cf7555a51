import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Destination } from '../../configuration/destination';
import { mayWaitInLine } from '../../domain/overdue';
import { readLines } from '../../store/configuration/rate-limits';
import type { Delivery } from '../../store/deliveries/delivery-items';
import type { Table } from '../../store/table/table';

/** With more visible messages than this, a delivery may be late only because others come before it. */
const BACKLOG = 100;

/**
 * How long a delivery has to be overdue before its message is certainly gone, in milliseconds: 0 without a backlog (by
 * SQS's approximate count), else as long as the delivery queue keeps messages. SQS has dropped older ones by itself.
 */
export async function certainAfterMs(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const command = new GetQueueAttributesCommand({
    QueueUrl,
    AttributeNames: ['ApproximateNumberOfMessages', 'MessageRetentionPeriod'],
  });
  const { Attributes: { ApproximateNumberOfMessages = 0, MessageRetentionPeriod = Number.POSITIVE_INFINITY } = {} } =
    await sqs.send(command);
  return Number(ApproximateNumberOfMessages) > BACKLOG ? Number(MessageRetentionPeriod) * 1000 : 0;
}

/** Drops the deliveries that may be waiting for their turn at a destination with a rate limit. */
export async function withoutThoseInLine(
  table: Table,
  destinations: readonly Destination[],
  deliveries: readonly Delivery[],
  now: number,
): Promise<readonly Delivery[]> {
  const concerned = new Set(deliveries.map(({ destination }) => destination));
  const limits = destinations.flatMap(({ id, rateLimit }) =>
    rateLimit !== undefined && concerned.has(id) ? [{ id, rate: rateLimit }] : [],
  );
  if (limits.length === 0) return deliveries;
  const lines = await readLines(table, limits);
  return deliveries.filter(({ destination }) => !mayWaitInLine(lines.get(destination), now));
}
