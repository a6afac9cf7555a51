import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FaultKind } from './chaos/fault-log';
import type { Rule } from './checks/rules';
import type { RunOptions } from './parts';

/** What a run is told in its process. */
export interface ProcessOptions extends Omit<RunOptions, 'progress' | 'functionLog'> {
  /** Whether it says what its functions log. */
  readonly logs: boolean;
}

/** What came of a run. */
export interface RunResult {
  readonly passed: boolean;
  /** The rules that were broken. */
  readonly rules: readonly Rule[];
  /** The kinds of faults that happened. */
  readonly kinds: readonly FaultKind[];
  /** For people. */
  readonly text: string;
}

export type FromRun = { readonly line: string } | { readonly result: RunResult };

const ONE_RUN = fileURLToPath(new URL('./one-run.ts', import.meta.url));

/** Runs a soak in a process of its own. A process that ends without a result is a run that failed. */
export function runInProcess(options: ProcessOptions, progress: (line: string) => void): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = fork(ONE_RUN);
    child.on('message', (message: FromRun) => {
      if ('line' in message) progress(message.line);
      else resolve(message.result);
    });
    child.once('exit', (code, signal) => {
      resolve({ passed: false, rules: [], kinds: [], text: `  The run ended with ${signal ?? `exit code ${code}`}.` });
    });
    child.send(options);
  });
}

/** Does something with every item, in their order, so many at a time; answers in the same order. */
export async function sideBySide<Item, Result>(
  items: readonly Item[],
  most: number,
  run: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = [...items.entries()];
  const next = async (): Promise<void> => {
    for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift())
      results[entry[0]] = await run(entry[1]);
  };
  await Promise.all(Array.from({ length: most }, next));
  return results;
}
