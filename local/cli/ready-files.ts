import { rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LocalStackError, messageOf } from '../errors';
import type { Endpoints } from '../lambda/environment';
import { readFileIfPresent, writeFileAtomically } from '../storage/atomic-file';
import { takeLock } from '../storage/lock';
import { makeDirectory } from '../storage/make-directory';

/** What scripts need to use a running stack. */
export interface ReadyInfo {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly endpoints: Endpoints;
  readonly outputs: Readonly<Record<string, string>>;
}

/** The file by which the project's other commands find the running stack. */
export const RUNNING_STACK_FILE = fileURLToPath(new URL('../../.posthorn/local.json', import.meta.url));

/** The files that exist only while the stack is serving. */
export class ReadyFiles {
  private readonly own: readonly string[];
  private content: string | undefined;
  private release: (() => void) | undefined;

  /**
   * @param readyFile path given with `--ready-file`; a leftover of an earlier run is removed
   * @param stackFile belongs to one stack at a time, the first
   */
  constructor(
    readyFile: string | undefined,
    private readonly stackFile = RUNNING_STACK_FILE,
  ) {
    this.own = readyFile === undefined ? [] : [resolve(readyFile)];
    if (readyFile !== undefined) rmSync(readyFile, { force: true });
  }

  /**
   * Writes the files.
   *
   * @returns what to say where another stack has the file of the checkout
   * @throws LocalStackError when a file cannot be written
   */
  write(info: ReadyInfo): string | undefined {
    const content = `${JSON.stringify(info, null, 2)}\n`;
    this.content = content;
    // It has a key in it.
    const write = (path: string) => writeFileAtomically(path, content, 0o600);
    for (const path of this.own) inFolderOf(path, write);
    const lock = inFolderOf(this.stackFile, (path) => takeLock(`${path}.lock`));
    if ('heldBy' in lock) return `Commands with --local go to ${lock.heldBy}, which was started before.`;
    this.release = lock.release;
    inFolderOf(this.stackFile, write);
    return undefined;
  }

  /** Removes the files that are this stack's, unless something else has overwritten them since. */
  remove(): void {
    for (const path of this.release ? [...this.own, this.stackFile] : this.own)
      if (this.content !== undefined && readFileIfPresent(path) === this.content) rmSync(path, { force: true });
    this.release?.();
  }
}

/** Works with a file, in a folder that is made if it is missing. */
function inFolderOf<Result>(path: string, work: (path: string) => Result): Result {
  try {
    makeDirectory(dirname(path));
    return work(path);
  } catch (error) {
    throw new LocalStackError(`${path} cannot be written: ${messageOf(error)}.`);
  }
}
