const BAR_WIDTH = 20;

/** Where all deliveries stand. */
export interface Standing {
  readonly expected: number;
  readonly delivered: number;
  readonly retrying: number;
  readonly failed: number;
  /** Messages in the dead-letter queue. */
  readonly dead: number;
}

/** Where output goes: a terminal takes one line that changes, a file takes a line now and then. */
export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Shows how far the deliveries are. */
export class Progress {
  private shown = '';

  constructor(private readonly output: Output) {}

  show(standing: Standing): void {
    const line = progressLine(standing);
    if (line === this.shown) return;
    this.shown = line;
    this.output.write(this.output.isTTY ? `\r\u001b[K  ${line}` : `  ${line}\n`);
  }

  /** Ends the line, so that other output can follow. */
  end(): void {
    if (this.shown !== '' && this.output.isTTY) this.output.write('\n');
    this.shown = '';
  }
}

/** `████████░░  60 of 72 settled · 58 delivered · 10 retrying · 2 dead`, within 80 columns. */
export function progressLine({ expected, delivered, retrying, failed, dead }: Standing): string {
  const settled = delivered + failed;
  const filled = expected === 0 ? BAR_WIDTH : Math.min(BAR_WIDTH, Math.floor((settled / expected) * BAR_WIDTH));
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const parts = [`${settled} of ${expected} settled`, `${delivered} delivered`, `${retrying} retrying`, `${dead} dead`];
  return `${bar}  ${parts.join(' · ')}`;
}
