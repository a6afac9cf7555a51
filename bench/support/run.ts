import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { Teardown } from '../../local/teardown';

const FOLDER = fileURLToPath(new URL('../../docs/benchmarks/', import.meta.url));

/** A bench while it runs. */
export interface Bench {
  readonly teardown: Teardown;
  /** Prints. */
  say(text: string): void;
  /** Notes what is over budget or did not end; the process exits non-zero in the end. */
  fail(...overruns: readonly string[]): void;
  /** Whether a part of the bench was asked for; all are when none is named. */
  wants(part: string): boolean;
  /** Keeps results in `docs/benchmarks`, if that was asked for: what was said, with the machine and the command. */
  keep(title: string, text: string, chart?: string): void;
}

/** Runs a bench as a command of its own: arguments, signals, teardown, exit code. */
export async function runBench(
  name: string,
  description: string,
  body: (bench: Bench) => Promise<void>,
): Promise<void> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const { only, write } = new Command(`npm run bench:${name} --`)
    .description(description)
    .option('--only <part>', 'run only parts whose name has this in it')
    .option('--write', 'keep the results in docs/benchmarks', false)
    .parse()
    .opts<{ only?: string; write: boolean }>();
  const teardown = new Teardown();
  const overruns: string[] = [];
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void teardown.run().finally(() => process.exit(130)));
  }
  const startedAt = Date.now();
  try {
    await body({
      teardown,
      say: (text) => console.log(text),
      fail: (...more) => void overruns.push(...more),
      wants: (part) => only === undefined || part.includes(only),
      keep: (title, text, chart) => {
        if (write) keepResults(name, title, text, chart);
      },
    });
  } finally {
    await teardown.run();
  }
  console.log(`\nIt took ${((Date.now() - startedAt) / 1000).toFixed(0)} s.`);
  for (const overrun of overruns) console.error(`FAILED: ${overrun}`);
  process.exit(overruns.length > 0 ? 1 : 0);
}

function keepResults(name: string, title: string, text: string, chart: string | undefined): void {
  const origin = `\`npm run bench:${name}\` on ${new Date().toISOString().slice(0, 10)}: ${machine()}.`;
  const picture = chart === undefined ? '' : `\n![${title}](${name}.svg)\n`;
  writeResults(`${name}.md`, `# ${title}\n\n${origin}\n${picture}\n${text}\n`);
  if (chart !== undefined) writeResults(`${name}.svg`, chart);
}

/** The machine that figures come from, in one line. */
function machine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown processor'} (${arch()}), ${memory} GB, Node ${process.version}`;
}

/** Writes a file of results among the documentation. */
function writeResults(file: string, text: string): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, file), text);
}
