import { type ItemChange, ItemChanges } from './item-changes';

/** A record of a batch: what distinguishes it from every other record of the stream, and what it changes. */
export interface CountedRecord {
  readonly fingerprint: string;
  readonly changes: readonly ItemChange[];
}

/** Keeps the counts, and remembers what was counted. */
export interface Ledger {
  /**
   * Writes the changes of some records and remembers the records, all or nothing.
   *
   * @param fingerprints of the records, in order; the marker is named after the first
   * @returns undefined if they were written, else the records that the marker already holds
   */
  apply(fingerprints: readonly string[], changes: readonly ItemChange[]): Promise<readonly string[] | undefined>;
  /** Remembers that records were counted, under another first record than the one they were counted with. */
  remember(fingerprints: readonly string[]): Promise<void>;
}

/**
 * Counts each record of a batch exactly once, however often and in whatever batches the stream hands them out.
 *
 * The stream continues after the last batch that succeeded, and restarts there after anything else. So a repeat begins
 * at a record at which counting began before, and that record's marker says how far it got. If the repeat is shorter
 * than what was counted, the rest gets a marker under its own first record, because the next batch begins there.
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

/** As many of the first records as fit into one transaction. */
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
