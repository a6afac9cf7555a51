import { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { createValidators } from '../../payload-schemas/validators';
import { enqueueAll, openDeliveryQueue } from '../../queue/enqueue';
import { setAside } from '../../queue/set-aside';
import { cached } from '../../runtime/cache';
import { readEnvironment } from '../../runtime/environment';
import { logger } from '../../runtime/log';
import { listConnections } from '../../store/configuration/connections';
import { byAddress, destinationAddress } from '../../store/configuration/destination-address';
import { getDestination, getRecentDestination } from '../../store/configuration/destinations';
import { deliveriesOf } from '../../store/deliveries/deliveries';
import { type NewDelivery, putDelivery } from '../../store/deliveries/new-delivery';
import { refuseDelivery } from '../../store/deliveries/refusals';
import { restart } from '../../store/deliveries/transitions';
import { getEvent, markUnrouted } from '../../store/events/events';
import { openTable } from '../../store/table/table';
import { type BatchPorts, routeBatch } from './route-batch';

/**
 * How old a destination may be when routing uses its retry policy and status. Short, because until routing learns that
 * a circuit has opened, it fills the queue with messages that will only be parked.
 */
const DESTINATION_TTL_MS = 1_000;

const environment = readEnvironment('route');
const table = openTable(environment.TABLE_NAME);
const sqs = new SQSClient({});
const queue = openDeliveryQueue(environment.DELIVERY_QUEUE_URL, { requestHandler: sqs.config.requestHandler });
const aside = { sqs, url: environment.SET_ASIDE_QUEUE_URL, function: 'route' } as const;
const settings = { shards: environment.TIMELINE_SHARDS, retentionDays: environment.RETENTION_DAYS };
const destinations = cached(
  byAddress((owner, id) => getRecentDestination(table, owner, id)),
  { ttlMs: DESTINATION_TTL_MS, now: Date.now },
);

const ports: BatchPorts = {
  listConnections: (owner) => listConnections(table, owner),
  readDestination: (owner, id) => destinations(destinationAddress({ environment: owner, id })),
  readDestinationNow: (owner, id) => getDestination(table, owner, id),
  putDelivery: (delivery: NewDelivery) => putDelivery(table, delivery, settings),
  deliveriesOf: (base) => deliveriesOf(table, base),
  markUnrouted: (base) => markUnrouted(table, base),
  readEvent: (base) => getEvent(table, base),
  validatorFor: createValidators(),
  refuseDelivery: async (delivery, problem, now) => {
    // If refused, it has just moved on.
    await refuseDelivery(table, delivery, problem, now, settings);
  },
  restart: (delivery, now) => restart(table, delivery, 'manual', now),
  now: Date.now,
  enqueueAll: (due) => enqueueAll(queue, due),
  setAside: async (record, error) => {
    logger.error('record set aside', { sequenceNumber: record.dynamodb?.SequenceNumber, error });
    await setAside(aside, record, error);
  },
  report: (sequenceNumber, error) => logger.error('record failed', { sequenceNumber, error: error as Error }),
};

/** Table stream: routes accepted events and enqueues deliveries that are pending again. */
export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const failed = await routeBatch(ports, event.Records);
  logger.info('routed', { records: event.Records.length, failed: failed.length });
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}
