import type { DynamoDBRecord } from 'aws-lambda';
import type { DueAttempt } from '../../queue/enqueue';
import { createIsParked, type ParkingPorts } from '../../routing/is-parked';
import { routeEvent } from '../../routing/route-event';
import { cached } from '../../runtime/cache';
import { byAddress, destinationAddress } from '../../store/configuration/destination-address';
import { parseDelivery } from '../../store/deliveries/delivery-items';
import { parseEvent } from '../../store/events/events';
import { readable, readStreamImage, type StreamImage, UnreadableRecordError } from '../../store/table/stream-records';
import { type RetryPorts, retryEvent } from './retry-event';
import { isRefused, type ValidationPorts } from './validate-again';

export interface BatchPorts extends Omit<RetryPorts, 'isParked'>, ParkingPorts, ValidationPorts {
  /** Enqueues attempts across events, ten per request; returns the ones that were refused. */
  enqueueAll<Due extends DueAttempt>(
    due: readonly Due[],
  ): Promise<{ readonly refused: readonly Due[]; readonly errors: readonly unknown[] }>;
  /** Sets aside a record that cannot be read. */
  setAside(record: DynamoDBRecord, error: UnreadableRecordError): Promise<void>;
  /** Reports whatever made a record fail. */
  report(sequenceNumber: string, error: unknown): void;
}

type Due = DueAttempt & { readonly sequenceNumber: string };

/**
 * Handles a batch of stream records: events that were accepted, and deliveries that were put back to `pending`.
 *
 * A record that cannot be read is set aside and counts as handled. Otherwise it would block all that come after it.
 *
 * @returns sequence numbers of the records that failed; the stream continues from the lowest
 */
export async function routeBatch(ports: BatchPorts, records: readonly DynamoDBRecord[]): Promise<string[]> {
  const failed = new Set<string>();
  const fail = (sequenceNumber: string, error: unknown) => {
    failed.add(sequenceNumber);
    ports.report(sequenceNumber, error);
  };
  const perBatch = readOncePerBatch(ports);
  const due = await Promise.all(
    records.map(async (record): Promise<Due[]> => {
      const sequenceNumber = record.dynamodb?.SequenceNumber ?? '';
      try {
        const attempts = await dueAttemptsOrAside(perBatch, ports, record);
        return attempts.map((attempt) => ({ ...attempt, sequenceNumber }));
      } catch (error) {
        fail(sequenceNumber, error);
        return [];
      }
    }),
  );
  const { refused, errors } = await ports.enqueueAll(due.flat());
  for (const [index, { sequenceNumber }] of refused.entries()) fail(sequenceNumber, errors[index] ?? errors[0]);
  return [...failed];
}

async function dueAttemptsOrAside(
  perBatch: RetryPorts & ValidationPorts,
  ports: BatchPorts,
  record: DynamoDBRecord,
): Promise<DueAttempt[]> {
  try {
    return await dueAttempts(perBatch, record);
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    await ports.setAside(record, error);
    return [];
  }
}

/** What a record is about. Reading is separate from acting: only a failure to read is the record's own fault. */
function readSubject(record: DynamoDBRecord) {
  return readable(() => {
    const image = imageOf(record, 'NewImage');
    if (image.sk !== 'EVT') return { delivery: parseDelivery(image) };
    const before = record.eventName === 'MODIFY' ? parseEvent(imageOf(record, 'OldImage')) : undefined;
    return { event: parseEvent(image), before };
  });
}

const imageOf = (record: DynamoDBRecord, name: 'NewImage' | 'OldImage') =>
  readStreamImage((record.dynamodb?.[name] ?? {}) as StreamImage);

async function dueAttempts(ports: RetryPorts & ValidationPorts, record: DynamoDBRecord): Promise<DueAttempt[]> {
  const { event, before, delivery } = readSubject(record);
  if (event) return before ? retryEvent(ports, event, before) : routeEvent(ports, event);
  if (delivery.status !== 'pending' || (await isRefused(ports, delivery))) return [];
  const { base, environment, destination, made } = delivery;
  return [{ base, ordinal: delivery.ordinal, environment, destination, attempt: made + 1 }];
}

/** Reads configuration once per batch, however many events it has: consistent and cheap. */
function readOncePerBatch(ports: BatchPorts): RetryPorts & ValidationPorts {
  const forever = { ttlMs: Number.POSITIVE_INFINITY, now: () => 0 };
  const destinations = cached(
    byAddress((environment, id) => ports.readDestination(environment, id)),
    forever,
  );
  const fresh = cached(
    byAddress((environment, id) => ports.readDestinationNow(environment, id)),
    forever,
  );
  return {
    ...ports,
    listConnections: cached((environment) => ports.listConnections(environment), forever),
    readDestination: (environment, id) => destinations(destinationAddress({ environment, id })),
    isParked: createIsParked({
      readDestinationNow: (environment, id) => fresh(destinationAddress({ environment, id })),
      now: ports.now,
    }),
  };
}
