import { createHash } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';
import { UnreadableRecordError } from '../../store/table/stream-records';
import { applyBatch, type CountedRecord, type Ledger } from './apply-batch';
import { fold } from './fold';
import { readReading } from './readings';

export interface FoldPorts {
  readonly ledger: Ledger;
  /** Sets aside a record that cannot be read. */
  setAside(record: DynamoDBRecord, error: UnreadableRecordError): Promise<void>;
  /** Milliseconds since the epoch. */
  now(): number;
}

interface Read extends CountedRecord {
  readonly record: DynamoDBRecord;
  readonly unreadable?: UnreadableRecordError;
}

/**
 * Folds a batch of stream records into the counters. Records that cannot be read count nothing and are set aside (at
 * least once), after the others were counted.
 *
 * @returns how many records were set aside
 * @throws any error of AWS, so that the stream repeats the batch
 */
export async function foldBatch(ports: FoldPorts, records: readonly DynamoDBRecord[]): Promise<number> {
  const now = ports.now();
  const read = records.map((record) => readOne(record, now));
  await applyBatch(ports.ledger, read);
  const unreadable = read.filter(({ unreadable }) => unreadable);
  for (const { record, unreadable: error } of unreadable) if (error) await ports.setAside(record, error);
  return unreadable.length;
}

function readOne(record: DynamoDBRecord, now: number): Read {
  const fingerprint = fingerprintOf(record);
  try {
    return { record, fingerprint, changes: fold(readReading(record), now) };
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    return { record, fingerprint, changes: [], unreadable: error };
  }
}

/** Eight bytes of the hash of a record's event id, in hex. No other record of any stream has the same event id. */
function fingerprintOf({ eventID, dynamodb }: DynamoDBRecord): string {
  const name = `${eventID}\n${dynamodb?.SequenceNumber}`;
  return createHash('sha256').update(name).digest('hex').slice(0, 16);
}
