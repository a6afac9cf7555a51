import { setTimeout as sleep } from 'node:timers/promises';
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { acknowledgementOf } from '../../domain/acknowledgement';
import { NEAR_MS } from '../../domain/rate-limit';
import { DESTINATION_COPY_MS } from '../../domain/signing-secrets';
import { enqueueSoon, openDeliveryQueue } from '../../queue/enqueue';
import { decodeMessage } from '../../queue/message';
import { enqueueAt } from '../../queue/schedule';
import { cached } from '../../runtime/cache';
import { readEnvironment } from '../../runtime/environment';
import { logger } from '../../runtime/log';
import { count, publishMetrics } from '../../runtime/metrics';
import { byAddress, destinationAddress } from '../../store/configuration/destination-address';
import { getRecentDestination } from '../../store/configuration/destinations';
import { takePlace } from '../../store/configuration/rate-limits';
import { claim } from '../../store/deliveries/claims';
import { getDelivery } from '../../store/deliveries/deliveries';
import { recordAttempt } from '../../store/deliveries/outcomes';
import { park, restart } from '../../store/deliveries/transitions';
import { getEvent } from '../../store/events/events';
import { openTable } from '../../store/table/table';
import { type DeliverPorts, deliverOrRenew } from './deliver-message';
import { metricsOf } from './metrics';
import type { ReceivedMessage } from './received-message';
import { tableBreaker } from './table-breaker';
import { openTransports } from './transports/registry';

const environment = readEnvironment('deliver');
const table = openTable(environment.TABLE_NAME);
const sqs = new SQSClient({});
const queue = openDeliveryQueue(environment.DELIVERY_QUEUE_URL, { requestHandler: sqs.config.requestHandler });
const schedules = {
  scheduler: new SchedulerClient({}),
  group: environment.SCHEDULE_GROUP_NAME,
  roleArn: environment.SCHEDULE_ROLE_ARN,
  thresholdSeconds: environment.SCHEDULER_THRESHOLD_SECONDS,
};
const settings = { shards: environment.TIMELINE_SHARDS, retentionDays: environment.RETENTION_DAYS };
const readDestination = cached(
  byAddress((owner, id) => getRecentDestination(table, owner, id)),
  { ttlMs: DESTINATION_COPY_MS, now: Date.now },
);

const breaker = tableBreaker(table, readDestination, {
  threshold: environment.BREAKER_THRESHOLD,
  coolDownSeconds: environment.BREAKER_COOL_DOWN_SECONDS,
  maxCoolDownSeconds: environment.BREAKER_MAX_COOL_DOWN_SECONDS,
});

const ports: DeliverPorts = {
  breaker,
  claim: (request) => claim(table, request),
  record: (record) => recordAttempt(table, record, settings),
  park: (delivery, now) => park(table, delivery, now, settings.shards),
  redrive: (delivery, now) => restart(table, delivery, 'redrive', now),
  readDelivery: (base, delivery) => getDelivery(table, base, delivery),
  readEvent: (base) => getEvent(table, base),
  readDestination: (owner, id) => readDestination(destinationAddress({ environment: owner, id })),
  enqueueAt: (due, at, now) => enqueueAt(queue, schedules, due, at, now),
  enqueueCopy: (due, at, now) => enqueueSoon(queue, due, at, now),
  enqueueTurn: (due, at, now) => enqueueSoon(queue, due, at - NEAR_MS, now),
  takePlace: (destination, rate, now) => takePlace(table, destination, rate, now),
  wait: (ms) => sleep(ms),
  transportOf: openTransports({ allowLoopback: environment.ALLOW_LOOPBACK }),
  now: Date.now,
  random: Math.random,
};

/** A message that is to stay in the queue. The batch response names it; nothing has failed. */
class MessageLeftError extends Error {
  override readonly name = 'MessageLeftError';
}

function readRecord(record: SQSRecord, context: Context): ReceivedMessage {
  return {
    ...decodeMessage(record.body),
    messageId: record.messageId,
    lastReceive: Number(record.attributes.ApproximateReceiveCount) >= environment.MAX_RECEIVE_COUNT,
    maxReceives: environment.MAX_RECEIVE_COUNT,
    deadline: Date.now() + context.getRemainingTimeInMillis(),
  };
}

async function handleRecord(record: SQSRecord, context: Context): Promise<void> {
  const message = readRecord(record, context);
  const outcome = await deliverOrRenew(ports, message, (error) => {
    logger.error('message failed on its last receive', { messageId: message.messageId, error });
  });
  const { base, ordinal, attempt, destination, messageId } = message;
  const receiveCount = Number(record.attributes.ApproximateReceiveCount);
  logger.info('delivery attempt', { base, ordinal, attempt, destination, messageId, outcome, receiveCount });
  for (const name of metricsOf(outcome)) count(name);
  const overdue = receiveCount > environment.MAX_RECEIVE_COUNT;
  const acknowledgement = acknowledgementOf(outcome, Date.now(), overdue);
  if (overdue && acknowledgement.kind === 'leave')
    logger.error('SQS does not move messages to the dead-letter queue', { messageId, receiveCount });
  if (acknowledgement.kind === 'acknowledge') return;
  await leave(record, acknowledgement.visibleAfterSeconds);
  throw new MessageLeftError(outcome.kind);
}

async function leave(record: SQSRecord, visibleAfterSeconds: number | undefined): Promise<void> {
  if (visibleAfterSeconds === undefined) return;
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: environment.DELIVERY_QUEUE_URL,
      ReceiptHandle: record.receiptHandle,
      VisibilityTimeout: visibleAfterSeconds,
    }),
  );
}

const processor = new BatchProcessor(EventType.SQS);

/** SQS: delivers a batch of messages concurrently and reports those that stay in the queue. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const record = async (one: SQSRecord) => {
    try {
      await handleRecord(one, context);
    } catch (error) {
      if (!(error instanceof MessageLeftError)) logger.error('message failed', { messageId: one.messageId, error });
      throw error;
    }
  };
  try {
    return await processPartialResponse(event, record, processor, { context, throwOnFullBatchFailure: false });
  } finally {
    publishMetrics();
  }
}
