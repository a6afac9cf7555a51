import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, LocalStackError } from '../errors';
import { readFileIfPresent } from './atomic-file';

interface Owner {
  readonly pid: number;
  /** Start time of the process in clock ticks, which tells a reused pid from the process that took the lock. */
  readonly started: string | undefined;
}

/** A lock that was taken, or the words for who has it. */
type Lock = { readonly release: () => void } | { readonly heldBy: string };

/** Takes a lock, also that of a process that is gone. */
export function takeLock(path: string): Lock {
  const taken = { release: () => rmSync(path, { force: true }) };
  if (claim(path)) return taken;
  const owner = readOwner(path);
  if (owner !== undefined && isAlive(owner)) return { heldBy: `the local stack with process id ${owner.pid}` };
  rmSync(path, { force: true });
  return claim(path) ? taken : { heldBy: 'another local stack' };
}

/**
 * Makes sure that only one stack at a time uses a data directory.
 *
 * @returns a function that releases the lock
 * @throws LocalStackError if a live process holds it
 */
export function lockDirectory(directory: string): () => void {
  const lock = takeLock(join(directory, 'lock'));
  if ('release' in lock) return lock.release;
  throw new LocalStackError(`${directory} is in use by ${lock.heldBy}: stop it first.`);
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
