import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { codeOf, LocalStackError, messageOf } from '../errors';
import { lockDirectory } from './lock';

/** Where a stack keeps what must survive a restart. Every path is undefined for a stack in memory. */
export interface DataDirectory {
  /** Path of one file in the directory. */
  file(name: string): string | undefined;
  release(): void;
}

/**
 * Opens the directory given with `--db-path`, makes it when missing, and locks it.
 *
 * @throws LocalStackError when the path is a file, cannot be made, or is in use
 */
export function openDataDirectory(path: string | undefined): DataDirectory {
  if (path === undefined) return { file: () => undefined, release: () => {} };
  const directory = resolve(path);
  makeDirectory(directory);
  const release = lockDirectory(directory);
  return { file: (name) => join(directory, name), release };
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (statSync(directory).isDirectory()) return;
  } catch (error) {
    if (!['EEXIST', 'ENOTDIR'].includes(codeOf(error) ?? ''))
      throw new LocalStackError(`The data directory ${directory} cannot be made: ${messageOf(error)}.`);
  }
  throw new LocalStackError(`${directory} is a file: --db-path takes a directory.`);
}
