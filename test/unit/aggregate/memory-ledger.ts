import type { Ledger } from '../../../lambdas/functions/aggregate/apply-batch';
import type { ItemChange } from '../../../lambdas/functions/aggregate/item-changes';

/** Counters in memory, with the memory of what was counted; a transaction is applied whole or not at all. */
export class MemoryLedger implements Ledger {
  readonly items = new Map<string, Record<string, unknown>>();
  /** Items written so far, markers included. */
  writes = 0;
  transactions = 0;
  private readonly markers = new Map<string, readonly string[]>();

  /** @param fails says of each transaction whether it fails, before or after it was written */
  constructor(private readonly fails: () => 'before' | 'after' | undefined = () => undefined) {}

  async apply(fingerprints: readonly string[], changes: readonly ItemChange[]): Promise<readonly string[] | undefined> {
    const failure = this.fails();
    if (failure === 'before') throw new Error('AWS does not answer');
    const marker = this.markers.get(fingerprints[0] ?? '');
    if (marker) return marker;
    if (changes.length > 99) throw new Error('A transaction takes 100 items.');
    this.markers.set(fingerprints[0] ?? '', fingerprints);
    for (const change of changes) this.write(change);
    this.writes += changes.length + 1;
    this.transactions += 1;
    if (failure === 'after') throw new Error('AWS did not answer');
    return undefined;
  }

  async remember(fingerprints: readonly string[]): Promise<void> {
    this.writes += 1;
    const first = fingerprints[0] ?? '';
    if (!this.markers.has(first)) this.markers.set(first, fingerprints);
  }

  private write({ key, add, latest = {} }: ItemChange): void {
    const name = `${key.pk} ${key.sk}`;
    const item = this.items.get(name) ?? { ...key };
    for (const [attribute, amount] of Object.entries(add)) item[attribute] = Number(item[attribute] ?? 0) + amount;
    this.items.set(name, { ...item, ...latest });
  }

  item(pk: string, sk: string): Record<string, unknown> | undefined {
    return this.items.get(`${pk} ${sk}`);
  }

  /** All items of a partition whose sort key starts so. */
  partition(pk: string, prefix: string): Record<string, unknown>[] {
    return [...this.items.values()].filter((item) => item.pk === pk && String(item.sk).startsWith(prefix));
  }
}
