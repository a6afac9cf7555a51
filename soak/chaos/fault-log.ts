/** Kinds of faults, as they are counted. */
export const FAULT_KINDS = [
  'worker killed before a call',
  'worker killed after a call',
  'worker killed at a random moment',
  'worker ended',
  'call failed',
  'call failed for good',
  'answer lost',
  'call delayed',
  'messages reordered',
  'messages late',
  'messages twice',
  'batch cut',
  'batch repeated',
  'schedule late',
  'schedule twice',
  'component paused',
  'stack restarted',
  'transactions met',
  'message expired',
  'table read throttled',
  'table write throttled',
  'index read throttled',
  'index write throttled',
  'transaction throttled',
  'function throttled',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** Something that was made to go wrong, or that went wrong by itself. */
export interface FaultRecord {
  readonly kind: FaultKind;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Function, operation, reason: for people. */
  readonly text: string;
  /** What it may have concerned, as text that identifiers are looked for in: the event in a worker, the body of a call. */
  readonly about: string;
}

/** The kinds that should have happened and are not among these. */
export const missingKinds = (seen: readonly FaultKind[]): readonly FaultKind[] =>
  FAULT_KINDS.filter((kind) => !seen.includes(kind));

/** Everything that went wrong in a run. */
export class FaultLog {
  readonly records: FaultRecord[] = [];

  note(kind: FaultKind, text: string, about = ''): void {
    this.records.push({ kind, at: Date.now(), text, about });
  }

  /** How often each kind happened; those that did not are left out. */
  counts(): Partial<Record<FaultKind, number>> {
    const counts: Partial<Record<FaultKind, number>> = {};
    for (const { kind } of this.records) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }
}
