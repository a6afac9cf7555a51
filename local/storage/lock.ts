import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, LocalStackError } from '../errors';
import { readFileIfPresent } from './atomic-file';

interface Owner {
  readonly pid: number;
  /** Start time of the process in clock ticks, which tells a reused pid from the process that took the lock. */
  readonly started: string | undefined;
}

/**
 * Makes sure that only one stack at a time uses a data directory. Takes over the lock of a process that is gone.
 *
 * @returns a function that releases the lock
 * @throws LocalStackError if a live process holds it
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, 'lock');
  if (!claim(path)) {
    const owner = readOwner(path);
    if (owner !== undefined && isAlive(owner))
      throw new LocalStackError(
        `${directory} is in use by the local stack with process id ${owner.pid}: stop it first.`,
      );
    rmSync(path, { force: true });
    if (!claim(path)) throw new LocalStackError(`${directory} was taken by another local stack a moment ago.`);
  }
  return () => rmSync(path, { force: true });
}

function claim(path: string): boolean {
  try {
    const owner: Owner = { pid: process.pid, started: startTime(process.pid) };
    writeFileSync(path, JSON.stringify(owner), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileIfPresent(path) ?? '');
  } catch {
    // A lock that was torn by a crash belongs to nobody.
    return undefined;
  }
}

function isAlive(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
  }
  return owner.started === undefined || startTime(owner.pid) === owner.started;
}

/** Field 22 of `/proc/<pid>/stat`; undefined if there is no such file. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
