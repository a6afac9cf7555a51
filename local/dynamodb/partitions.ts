/** What one partition may take, in capacity units a second. On AWS it is 3,000 to read and 1,000 to write. */
export interface PartitionLimits {
  readonly read: number;
  readonly write: number;
}

/** A partition of a table or an index, as far as one key value makes one: AWS may put several values into one. */
export interface Partition {
  readonly table: string;
  /** Undefined for the table itself. */
  readonly index: string | undefined;
  readonly value: unknown;
  readonly access: keyof PartitionLimits;
}

interface Bucket {
  units: number;
  at: number;
}

/**
 * How much each partition can still take: a second's units at once, and as many more a second. What a call consumes is
 * known after it only, so the last one may run into debt, which time pays.
 */
export class Partitions {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly limits: PartitionLimits,
    private readonly now: () => number = Date.now,
  ) {}

  exhausted(partition: Partition): boolean {
    const bucket = this.buckets.get(nameOf(partition));
    return bucket !== undefined && this.refill(bucket, partition.access).units <= 0;
  }

  /** Whether there is any partition of an index that takes no writes just now. */
  get indexExhausted(): boolean {
    return [...this.buckets].some(([name, bucket]) => {
      const [, index, access] = JSON.parse(name);
      return index !== null && access === 'write' && this.refill(bucket, 'write').units <= 0;
    });
  }

  charge(partition: Partition, units: number): void {
    const fresh = { units: this.limits[partition.access], at: this.now() };
    const bucket = this.refill(this.buckets.get(nameOf(partition)) ?? fresh, partition.access);
    bucket.units -= units;
    this.buckets.set(nameOf(partition), bucket);
  }

  private refill(bucket: Bucket, access: keyof PartitionLimits): Bucket {
    const [limit, now] = [this.limits[access], this.now()];
    bucket.units = Math.min(limit, bucket.units + (limit * (now - bucket.at)) / 1000);
    bucket.at = now;
    return bucket;
  }
}

const nameOf = ({ table, index, value, access }: Partition): string => JSON.stringify([table, index, access, value]);
