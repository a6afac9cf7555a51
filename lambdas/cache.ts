/**
 * Keeps what `load` answered for `ttlMs`, so that a warm function does not read the same configuration for every event.
 * Callers that ask at the same time share one load; a load that failed is not kept.
 */
export function cached<Value>(
  load: (key: string) => Promise<Value>,
  { ttlMs, now, limit = 1000 }: { readonly ttlMs: number; now(): number; readonly limit?: number },
): (key: string) => Promise<Value> {
  const entries = new Map<string, { readonly until: number; readonly value: Promise<Value> }>();
  return (key) => {
    const found = entries.get(key);
    if (found && found.until > now()) return found.value;
    const value = load(key);
    entries.delete(key);
    entries.set(key, { until: now() + ttlMs, value });
    value.catch(() => {
      if (entries.get(key)?.value === value) entries.delete(key);
    });
    const [oldest] = entries.keys();
    if (entries.size > limit && oldest !== undefined) entries.delete(oldest);
    return value;
  };
}
