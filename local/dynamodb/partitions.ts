/** Capacity units a second. */
interface Units {
  readonly read: number;
  readonly write: number;
}

/** What one partition may take. On AWS it is 3,000 to read and 1,000 to write, also for a partition of an index. */
export interface PartitionLimits extends Units {
  /** What a partition of an index takes, if that is less. */
  readonly index?: Units;
}

/** A partition of a table or an index, as far as one key value makes one: AWS may put several values into one. */
export interface Partition {
  readonly table: string;
  /** Undefined for the table itself. */
  readonly index: string | undefined;
  readonly value: unknown;
  readonly access: keyof Units;
}

interface Bucket {
  readonly partition: Partition;
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
    return bucket !== undefined && this.refill(bucket).units <= 0;
  }

  /** Whether there is any partition of an index that takes no writes just now. */
  get indexExhausted(): boolean {
    return [...this.buckets.values()].some((bucket) => {
      const { index, access } = bucket.partition;
      return index !== undefined && access === 'write' && this.refill(bucket).units <= 0;
    });
  }

  charge(partition: Partition, units: number): void {
    const fresh = { partition, units: this.limitOf(partition), at: this.now() };
    const bucket = this.refill(this.buckets.get(nameOf(partition)) ?? fresh);
    bucket.units -= units;
    this.buckets.set(nameOf(partition), bucket);
  }

  private limitOf({ index, access }: Partition): number {
    return (index === undefined ? this.limits : (this.limits.index ?? this.limits))[access];
  }

  private refill(bucket: Bucket): Bucket {
    const [limit, now] = [this.limitOf(bucket.partition), this.now()];
    bucket.units = Math.min(limit, bucket.units + (limit * (now - bucket.at)) / 1000);
    bucket.at = now;
    return bucket;
  }
}

const nameOf = ({ table, index, value, access }: Partition): string => JSON.stringify([table, index, access, value]);
