import * as z from 'zod';
import { readFileIfPresent, writeFileAtomically } from '../storage/atomic-file';

/** Before streams were split, the file held nothing but the positions. */
const fileShape = z.union([
  z.object({ shards: z.number(), positions: z.record(z.string(), z.string()) }),
  z.record(z.string(), z.string()).transform((positions) => ({ shards: 1, positions })),
]);

/** How far each mapping has got in each shard: the last sequence number before which everything is done. */
export class Checkpoints {
  /** Into how many shards each shard of the engine is split. Positions mean nothing in another number of them. */
  readonly shards: number;
  private readonly positions: Map<string, string>;

  /**
   * @param path file that keeps them; in memory if omitted
   * @param shards how many there are to be; a file that was written with another number keeps its own
   */
  constructor(
    private readonly path: string | undefined,
    shards: number,
  ) {
    const text = path === undefined ? undefined : readFileIfPresent(path);
    const stored = text === undefined ? { shards, positions: {} } : fileShape.parse(JSON.parse(text));
    this.shards = stored.shards;
    this.positions = new Map(Object.entries(stored.positions));
  }

  get(mapping: string, shard: string): string | undefined {
    return this.positions.get(`${mapping} ${shard}`);
  }

  /** Keeps the positions of some shards at once. */
  set(mapping: string, positions: Iterable<readonly [shard: string, sequenceNumber: string]>): void {
    let changed = false;
    for (const [shard, sequenceNumber] of positions) {
      changed ||= this.get(mapping, shard) !== sequenceNumber;
      this.positions.set(`${mapping} ${shard}`, sequenceNumber);
    }
    if (!changed || this.path === undefined) return;
    const content = { shards: this.shards, positions: Object.fromEntries(this.positions) };
    writeFileAtomically(this.path, JSON.stringify(content));
  }
}
