import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { codeOf } from '../errors';

/**
 * Replaces a file atomically, so that readers see the old or the new content and never a part.
 *
 * @param mode permissions of the file, for example `0o600` for one with a key in it
 */
export function writeFileAtomically(path: string, content: string, mode = 0o644): void {
  const draft = `${path}.${process.pid}.tmp`;
  rmSync(draft, { force: true });
  writeFileSync(draft, content, { mode });
  renameSync(draft, path);
}

/** The content of a text file, or undefined if it does not exist. */
export function readFileIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
