/** Splits a list into pieces of at most `size`. */
export const chunks = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));

/** The same for an async iterable. The last piece is smaller than `size`, and may be empty. */
export async function* inChunks<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let chunk: Item[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  yield chunk;
}

/**
 * Maps a list in order, `size` items at a time. When it throws, nothing is still running: a failure waits for the
 * rest of its pool.
 */
export async function inPools<Item, Result>(
  items: readonly Item[],
  size: number,
  map: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const [number, pool] of chunks(items, size).entries()) {
    const running = pool.map((item, index) => map(item, number * size + index));
    await Promise.allSettled(running);
    results.push(...(await Promise.all(running)));
  }
  return results;
}
