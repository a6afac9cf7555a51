import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { eventually } from './eventually';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** A start takes a few seconds, on a busy machine many. */
const START_MS = 90_000;

const ready = z.object({
  apiUrl: z.string(),
  apiKey: z.string(),
  endpoints: z.object({ dynamodb: z.string(), sqs: z.string(), scheduler: z.string() }),
  outputs: z.record(z.string(), z.string()),
});

export type Ready = z.output<typeof ready>;

/** How a process ended, and what it printed. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The local stack as its user starts it: a process of its own. */
export class MainProcess {
  readonly ended: Promise<Ending>;
  private readonly child: ChildProcess;
  private readonly printed = { stdout: '', stderr: '' };

  constructor(
    private readonly directory: string,
    args: readonly string[] = [],
  ) {
    const own = ['--db-path', join(directory, 'data'), '--port', '0', '--ready-file', this.readyFile];
    this.child = spawn(process.execPath, ['--import', 'tsx', 'local/main.ts', ...own, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      // What it synthesizes is in the test's own directory, because a killed process does not tidy up.
      env: { ...process.env, CDK_VALIDATION: 'false', TMPDIR: directory },
    });
    for (const name of ['stdout', 'stderr'] as const)
      this.child[name]?.on('data', (text) => {
        this.printed[name] += text;
      });
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => resolve({ code, signal, ...this.printed }));
    });
  }

  get readyFile(): string {
    return join(this.directory, 'ready.json');
  }

  /** Waits until the stack serves. A file that a killed predecessor left does not count. */
  async ready(): Promise<Ready> {
    const look = () => {
      const { exitCode } = this.child;
      if (exitCode !== null) throw new Error(`The process ended with ${exitCode}: ${this.printed.stderr}`);
      if (!this.printed.stdout.includes('Ctrl-C') || !existsSync(this.readyFile)) return undefined;
      return ready.parse(JSON.parse(readFileSync(this.readyFile, 'utf8')));
    };
    return eventually('the stack to serve', look, START_MS);
  }

  /** Sends a signal and waits for the end. */
  async end(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<Ending> {
    this.child.kill(signal);
    return this.ended;
  }

  /** Ends it however it stands. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.end('SIGKILL');
  }
}

/** Command lines of the running processes that have `text` in them. */
export function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        // It ended in the meantime.
        return '';
      }
    })
    .filter((line) => line.includes(text));
}
