import { rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LocalStackError, messageOf } from '../errors';
import type { Endpoints } from '../lambda/environment';
import { readFileIfPresent, writeFileAtomically } from '../storage/atomic-file';
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
  private readonly paths: readonly string[];
  private content: string | undefined;

  /** @param readyFile path given with `--ready-file`; a leftover of an earlier run is removed */
  constructor(readyFile: string | undefined) {
    this.paths = [RUNNING_STACK_FILE, ...(readyFile === undefined ? [] : [resolve(readyFile)])];
    if (readyFile !== undefined) rmSync(readyFile, { force: true });
  }

  /** @throws LocalStackError when a file cannot be written */
  write(info: ReadyInfo): void {
    this.content = `${JSON.stringify(info, null, 2)}\n`;
    for (const path of this.paths) this.writeOne(path, this.content);
  }

  /** Removes the files, unless another stack has overwritten them since. */
  remove(): void {
    for (const path of this.paths)
      if (this.content !== undefined && readFileIfPresent(path) === this.content) rmSync(path, { force: true });
  }

  private writeOne(path: string, content: string): void {
    try {
      makeDirectory(dirname(path));
      // It has a key in it.
      writeFileAtomically(path, content, 0o600);
    } catch (error) {
      throw new LocalStackError(`${path} cannot be written: ${messageOf(error)}.`);
    }
  }
}
