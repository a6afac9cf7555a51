import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { applyBatch } from '../../lambdas/functions/aggregate/apply-batch';
import { fold } from '../../lambdas/functions/aggregate/fold';
import type { KeptImage } from '../../lambdas/functions/aggregate/kept-images';
import { readChange } from '../../lambdas/functions/aggregate/readings';
import { markerKey, tableLedger } from '../../lambdas/functions/aggregate/table-ledger';
import { readDeliveryKey } from '../../lambdas/store/table/addresses';
import { getAll } from '../../lambdas/store/table/batch-get';
import type { Table } from '../../lambdas/store/table/table';
import type { SetAsideRecord } from './messages';
import { done, left, type Outcome } from './outcome';

/** Records of an item that follow each other: what they change together. */
interface Chain {
  readonly records: readonly SetAsideRecord[];
  readonly before: KeptImage | undefined;
  readonly after: KeptImage | undefined;
}

type Key = SetAsideRecord['key'];

/**
 * Counts records of one item that `aggregate` could not read: adds what they would have added, each once. A record that broke
 * the item and the one that mended it count together, as one change from what was there before to what is there now.
 *
 * @param records all of the item that are in the queue, each once
 * @returns what became of each
 */
export async function countAgain(
  table: Table,
  records: readonly SetAsideRecord[],
  now: () => number,
): Promise<Map<SetAsideRecord, Outcome>> {
  const outcomes = new Map<SetAsideRecord, Outcome>();
  const fresh = await withoutCounted(table, records);
  for (const record of records) if (!fresh.includes(record)) outcomes.set(record, done('was counted already'));
  for (const chain of chainsOf(fresh)) {
    const outcome = await countChain(table, chain, now);
    for (const record of chain.records) outcomes.set(record, outcome);
  }
  return outcomes;
}

/** In the place of the fingerprint that `aggregate` gives a record: that one says that the record was handled. */
const fingerprintOf = ({ eventId, sequenceNumber }: SetAsideRecord): string =>
  createHash('sha256').update(`taken back\n${eventId}\n${sequenceNumber}`).digest('hex').slice(0, 16);

async function withoutCounted(table: Table, records: readonly SetAsideRecord[]): Promise<SetAsideRecord[]> {
  const markers = await getAll(
    table,
    records.map((record) => markerKey(fingerprintOf(record))),
  );
  const counted = new Set(markers.map(({ pk }) => pk));
  return records.filter((record) => !counted.has(markerKey(fingerprintOf(record)).pk));
}

/** A record that leaves an item unreadable goes on with the next one, if that begins with the same image. */
function chainsOf(records: readonly SetAsideRecord[]): Chain[] {
  const chains: Chain[] = [];
  for (const record of [...records].sort(bySequence)) {
    const { before, after } = record.images ?? {};
    const last = chains.at(-1);
    const continues = last?.after && !isReadable(record.key, last.after) && isDeepStrictEqual(last.after, before);
    if (last && continues) chains.splice(-1, 1, { ...last, records: [...last.records, record], after });
    else chains.push({ records: [record], before, after });
  }
  return chains;
}

/** Sequence numbers of an item only grow; they have up to 40 digits. */
const bySequence = (one: SetAsideRecord, other: SetAsideRecord): number =>
  BigInt(one.sequenceNumber) < BigInt(other.sequenceNumber) ? -1 : 1;

function isReadable(key: Key, image: KeptImage): boolean {
  try {
    readChange(key, undefined, image);
    return true;
  } catch {
    return false;
  }
}

async function countChain(table: Table, { records, before, after }: Chain, now: () => number): Promise<Outcome> {
  const [first, ...others] = records;
  if (first?.images === undefined) return left('has no images: an earlier version set it aside');
  const { key } = first;
  if (before && !isReadable(key, before)) return left('the record that broke the item is not in the queue');
  const [ended, end] = await endOf(table, key, after);
  if (!ended) return left(STILL_BROKEN);
  const changes = before || end ? fold(readChange(key, before, end), now()) : [];
  const ledger = tableLedger(table, now);
  await applyBatch(ledger, [
    { fingerprint: fingerprintOf(first), changes },
    ...others.map((record) => ({ fingerprint: fingerprintOf(record), changes: [] })),
  ]);
  // Should this end before their messages are deleted, each is known by itself.
  for (const record of others) await ledger.remember([fingerprintOf(record)]);
  return done(changes.length === 0 ? 'changes no count' : 'is counted');
}

const STILL_BROKEN = 'still cannot be read, or `aggregate` has not come to the record of its repair';

/**
 * The image that a chain ends with. Deliveries are counted with each change, so the end has to be in a record. Of events
 * and dead letters only the beginning and the end are counted: they are as they are in the table now.
 */
async function endOf(table: Table, key: Key, after: KeptImage | undefined): Promise<[boolean, KeptImage?]> {
  if (after === undefined) return [true];
  if (isReadable(key, after)) return [true, after];
  if (readDeliveryKey(key)) return [false];
  const [item] = await getAll(table, [key]);
  return item !== undefined && isReadable(key, item) ? [true, item] : [false];
}
