import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { writeFileAtomically } from './atomic-file';

/**
 * An append-only file of JSON lines. A line is in the file when `append` returns, so whatever was answered to a client
 * survives a killed process. Without a path nothing is written and `lines` is empty: a stack in memory.
 */
export class Journal<Line> {
  /** What the file held when it was opened, oldest first. */
  readonly lines: readonly Line[];
  /** Lines appended since the file was opened or rewritten. */
  appended = 0;
  private file: number | undefined;

  constructor(private readonly path?: string) {
    this.lines = path === undefined || !existsSync(path) ? [] : parseLines<Line>(readFileSync(path, 'utf8'));
    if (path !== undefined) this.file = openSync(path, 'a', 0o600);
  }

  append(line: Line): void {
    this.appended += 1;
    if (this.file !== undefined) writeSync(this.file, `${JSON.stringify(line)}\n`);
  }

  /** Rewrites the file, dropping lines that later ones have superseded. */
  rewrite(lines: Iterable<Line>): void {
    this.appended = 0;
    if (this.path === undefined || this.file === undefined) return;
    const content = [...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
    writeFileAtomically(this.path, content, 0o600);
    closeSync(this.file);
    this.file = openSync(this.path, 'a', 0o600);
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }
}

/** A crash can tear only the last line, and what it says was never answered to anybody, so it is dropped. */
function parseLines<Line>(text: string): Line[] {
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  return complete
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Line => JSON.parse(line));
}
