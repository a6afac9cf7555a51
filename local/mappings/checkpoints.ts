import { readFileIfPresent, writeFileAtomically } from '../storage/atomic-file';

/** How far each mapping has got in each shard: the last sequence number that is done. */
export class Checkpoints {
  private readonly positions: Map<string, string>;

  /** @param path file that keeps them; in memory if omitted */
  constructor(private readonly path: string | undefined) {
    const text = path === undefined ? undefined : readFileIfPresent(path);
    this.positions = new Map(Object.entries(JSON.parse(text ?? '{}')));
  }

  get(mapping: string, shard: string): string | undefined {
    return this.positions.get(`${mapping} ${shard}`);
  }

  set(mapping: string, shard: string, sequenceNumber: string): void {
    this.positions.set(`${mapping} ${shard}`, sequenceNumber);
    if (this.path !== undefined) writeFileAtomically(this.path, JSON.stringify(Object.fromEntries(this.positions)));
  }
}
