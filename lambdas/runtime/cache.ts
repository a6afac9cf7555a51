/** A map with a limit: an entry that is set, once more too, is the newest, and the oldest gives way. */
export class BoundedMap<Key, Value> extends Map<Key, Value> {
  constructor(private readonly limit: number) {
    super();
  }

  override set(key: Key, value: Value): this {
    this.delete(key);
    super.set(key, value);
    const [oldest] = this.keys();
    if (this.size > this.limit && oldest !== undefined) this.delete(oldest);
    return this;
  }
}

/** A function that caches what it returned, and what it was given. */
export interface Cached<Value> {
  (key: string): Promise<Value>;
  /** The cached value, however old; undefined if there is none. Loads nothing. */
  peek(key: string): Promise<Value> | undefined;
  /** Caches a fresh value from elsewhere, such as the result of a write. */
  remember(key: string, value: Value): void;
}

/**
 * Caches what `load` returns for `ttlMs`, so that a warm function does not read the same configuration for every event.
 * Concurrent callers share one load; a failed load is not cached.
 */
export function cached<Value>(
  load: (key: string) => Promise<Value>,
  { ttlMs, now, limit = 1000 }: { readonly ttlMs: number; now(): number; readonly limit?: number },
): Cached<Value> {
  const entries = new BoundedMap<string, { readonly until: number; readonly value: Promise<Value> }>(limit);
  const keep = (key: string, value: Promise<Value>) => {
    entries.set(key, { until: now() + ttlMs, value });
  };
  const read = (key: string) => {
    const found = entries.get(key);
    if (found && found.until > now()) return found.value;
    const value = load(key);
    keep(key, value);
    value.catch(() => {
      if (entries.get(key)?.value === value) entries.delete(key);
    });
    return value;
  };
  return Object.assign(read, {
    peek: (key: string) => entries.get(key)?.value,
    remember: (key: string, value: Value) => keep(key, Promise.resolve(value)),
  });
}
