import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a file imports at once; what it imports when it needs it is written `import("./…")`. */
const STATIC_IMPORT = /(?:\bfrom|\bimport)\s*"\.\/([^"]+)"/g;

/** Bytes of the files that are read when a bundle starts: its entry and whatever that imports at once, again and again. */
export function bytesAtStart(entry: string): number {
  const seen = new Set<string>();
  const visit = (file: string): number => {
    if (seen.has(file)) return 0;
    seen.add(file);
    const imported = [...readFileSync(file, 'utf8').matchAll(STATIC_IMPORT)].map(([, name = '']) => name);
    return imported.reduce((sum, name) => sum + visit(join(dirname(file), name)), statSync(file).size);
  };
  return visit(entry);
}

/** Bytes of all that a bundle may ever run, without source maps. */
export function bytesInAll(entry: string): number {
  const files = readdirSync(dirname(entry)).filter((name) => name.endsWith('.mjs'));
  return files.reduce((sum, name) => sum + statSync(join(dirname(entry), name)).size, 0);
}
