import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Bytes that are read when a bundle starts: its entry imports nothing at once but what Node has. */
export const bytesAtStart = (entry: string): number => statSync(entry).size;

/** Bytes of all that a bundle may ever run, without source maps. */
export function bytesInAll(entry: string): number {
  const files = readdirSync(dirname(entry)).filter((name) => name.endsWith('.mjs'));
  return files.reduce((sum, name) => sum + statSync(join(dirname(entry), name)).size, 0);
}
