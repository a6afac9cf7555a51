import { join, resolve } from 'node:path';
import { codeOf, LocalStackError, messageOf } from '../errors';
import { lockDirectory } from './lock';
import { makeDirectory } from './make-directory';

/** Where a stack keeps what has to survive a restart. Every path is undefined for a stack in memory. */
export interface DataDirectory {
  /** Path of one file in the directory. */
  file(name: string): string | undefined;
  release(): void;
}

/**
 * Opens the directory given with `--db-path`, creates it if missing, and locks it.
 *
 * @throws LocalStackError if the path is a file, cannot be created, or is in use
 */
export function openDataDirectory(path: string | undefined): DataDirectory {
  if (path === undefined) return { file: () => undefined, release: () => {} };
  const directory = resolve(path);
  openDirectory(directory);
  const release = lockDirectory(directory);
  return { file: (name) => join(directory, name), release };
}

function openDirectory(directory: string): void {
  try {
    makeDirectory(directory);
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR')
      throw new LocalStackError(`${directory} is a file, or inside one: --db-path takes a directory.`);
    throw new LocalStackError(`The data directory ${directory} cannot be made: ${messageOf(error)}.`);
  }
}
