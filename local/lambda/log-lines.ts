import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const KEPT_LINES = 2_000;

/** The last lines that a function wrote. */
export class LogLines {
  private readonly lines: string[] = [];

  constructor(private readonly onLine: (line: string) => void) {}

  get recent(): readonly string[] {
    return this.lines;
  }

  /** Collects every line of a stream until it ends. */
  collect(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) => this.add(line));
  }

  add(line: string): void {
    this.lines.push(line);
    if (this.lines.length > KEPT_LINES) this.lines.splice(0, this.lines.length - KEPT_LINES);
    this.onLine(line);
  }
}
