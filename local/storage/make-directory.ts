import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates a directory and its parents, readable by their owner only; an existing one is left alone. This is not
 * `recursive: true`, because under a parent that refuses new entries with ENOENT, as /proc does, Node 20 never returns.
 *
 * @throws the system's error, ENOTDIR when the path is a file
 */
export function makeDirectory(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false }) !== undefined) return void readdirSync(directory);
  makeDirectory(dirname(directory));
  mkdirSync(directory, { mode: 0o700 });
}
