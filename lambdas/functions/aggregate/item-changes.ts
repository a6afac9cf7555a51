import type { Key } from '../../store/table/addresses';

/** The change of one item: numbers to add, and values to set to the latest seen. */
export interface ItemChange {
  readonly key: Key;
  readonly add: Readonly<Record<string, number>>;
  readonly latest?: Readonly<Record<string, string | number>>;
  /** Seconds since the epoch; the same for every change of the same item. */
  readonly expiresAt?: number;
}

/** A transaction takes 100 items, and one of them is the marker. */
const MAX_ITEMS = 99;

/** An update expression takes 4 KB; with this many attributes it stays below 3.5 KB. */
const MAX_ATTRIBUTES = 300;

interface Pending {
  readonly key: Key;
  readonly add: Map<string, number>;
  readonly latest: Map<string, string | number>;
  expiresAt?: number | undefined;
}

/** Changes by item, summed up, for as long as they fit into one transaction. */
export class ItemChanges {
  private readonly items = new Map<string, Pending>();

  /** Whether `changes` still fit. */
  admits(changes: readonly ItemChange[]): boolean {
    const touched = new Set([...this.items.keys(), ...changes.map(({ key }) => nameOf(key))]);
    return touched.size <= MAX_ITEMS && changes.every((change) => this.attributesWith(change) <= MAX_ATTRIBUTES);
  }

  private attributesWith({ key, add, latest = {} }: ItemChange): number {
    const item = this.items.get(nameOf(key));
    const names = [...Object.keys(add), ...Object.keys(latest)];
    return new Set([...(item?.add.keys() ?? []), ...(item?.latest.keys() ?? []), ...names]).size;
  }

  include(changes: readonly ItemChange[]): void {
    for (const change of changes) this.includeOne(change);
  }

  private includeOne({ key, add, latest = {}, expiresAt }: ItemChange): void {
    const item = this.items.get(nameOf(key)) ?? { key, add: new Map(), latest: new Map(), expiresAt };
    this.items.set(nameOf(key), item);
    for (const [name, amount] of Object.entries(add)) item.add.set(name, (item.add.get(name) ?? 0) + amount);
    for (const [name, value] of Object.entries(latest)) {
      const known = item.latest.get(name);
      if (known === undefined || known < value) item.latest.set(name, value);
    }
  }

  /** The changes to write, without amounts that cancelled each other out. */
  toList(): ItemChange[] {
    return [...this.items.values()]
      .map(({ key, add, latest, expiresAt }) => ({
        key,
        add: Object.fromEntries([...add].filter(([, amount]) => amount !== 0)),
        latest: Object.fromEntries(latest),
        ...(expiresAt !== undefined && { expiresAt }),
      }))
      .filter(({ add, latest }) => Object.keys(add).length + Object.keys(latest).length > 0);
  }
}

const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;
