import { type ItemChange, ItemChanges } from './item-changes';

/** A record of a batch: what tells it from every other record of the stream, and what it changes. */
export interface CountedRecord {
  readonly fingerprint: string;
  readonly changes: readonly ItemChange[];
}

/** Where counts are kept, together with the memory of what was counted. */
export interface Ledger {
  /**
   * Writes the changes of some records and the memory of those records, all or nothing.
   *
   * @param fingerprints of the records, in order; the first one is what they are remembered by
   * @returns undefined when they were written, else the records that were counted earlier under the same first one
   */
  apply(fingerprints: readonly string[], changes: readonly ItemChange[]): Promise<readonly string[] | undefined>;
  /** Remembers that records were counted, where they begin at another record than they were counted by. */
  remember(fingerprints: readonly string[]): Promise<void>;
}

/**
 * Counts the records of a batch, each exactly once however often and in whatever portions the stream hands them out.
 *
 * The stream goes on from where a batch ended that was answered without an error, and starts again there after anything
 * else. So a repetition begins at a record at which counting began before, and that record's memory says how far it came.
 * Where a repetition is shorter than what was counted, the rest is remembered by its own first record, because the next
 * batch begins there.
 */
export async function applyBatch(ledger: Ledger, records: readonly CountedRecord[]): Promise<void> {
  let left = records;
  while (left.length > 0) {
    const { taken, changes } = takeUnit(left);
    const earlier = await ledger.apply(fingerprintsOf(taken), changes);
    left = earlier ? await withoutCounted(ledger, left, earlier) : left.slice(taken.length);
  }
}

const fingerprintsOf = (records: readonly CountedRecord[]): string[] => records.map(({ fingerprint }) => fingerprint);

/** As many records from the start as fit into one transaction. */
function takeUnit(records: readonly CountedRecord[]): {
  readonly taken: readonly CountedRecord[];
  readonly changes: readonly ItemChange[];
} {
  const unit = new ItemChanges();
  const end = records.findIndex(({ changes }, index) => {
    if (index > 0 && !unit.admits(changes)) return true;
    unit.include(changes);
    return false;
  });
  return { taken: end === -1 ? records : records.slice(0, end), changes: unit.toList() };
}

async function withoutCounted(
  ledger: Ledger,
  records: readonly CountedRecord[],
  counted: readonly string[],
): Promise<readonly CountedRecord[]> {
  const here = new Set(fingerprintsOf(records));
  const beyond = counted.slice(counted.findLastIndex((fingerprint) => here.has(fingerprint)) + 1);
  if (beyond.length > 0) await ledger.remember(beyond);
  const known = new Set(counted);
  return records.filter(({ fingerprint }) => !known.has(fingerprint));
}
