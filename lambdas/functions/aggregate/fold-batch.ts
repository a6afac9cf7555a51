import { createHash } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';
import { UnreadableRecordError } from '../../store/table/stream-records';
import { applyBatch, type CountedRecord, type Ledger } from './apply-batch';
import { fold } from './fold';
import { readReading } from './readings';

export interface FoldPorts {
  readonly ledger: Ledger;
  /** Keeps a record that cannot be read where people find it. */
  setAside(record: DynamoDBRecord, error: UnreadableRecordError): Promise<void>;
  /** Milliseconds since the epoch. */
  now(): number;
}

interface Read extends CountedRecord {
  readonly record: DynamoDBRecord;
  readonly unreadable?: UnreadableRecordError;
}

/**
 * Folds a batch of stream records into the counters. What cannot be read counts nothing and is set aside, after the rest
 * was counted and before the batch is done: at least once.
 *
 * @returns how many records were set aside
 * @throws whatever AWS answered, so that the stream hands the batch out again
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

/** Eight bytes of what is unique to a record, in hex: its event id, which no other record of any stream has. */
function fingerprintOf({ eventID, dynamodb }: DynamoDBRecord): string {
  const name = `${eventID}\n${dynamodb?.SequenceNumber}`;
  return createHash('sha256').update(name).digest('hex').slice(0, 16);
}
