import { join } from 'node:path';
import { localKey } from './cli/local-key';
import { parseOptions, type StartOptions } from './cli/options';
import { progressPrinter, welcome } from './cli/progress';
import { ReadyFiles } from './cli/ready-files';
import { LocalStackError } from './errors';
import { type LocalStack, startLocalStack } from './stack';

// Otherwise the SDK prints its notice about Node 20 in the middle of the progress.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How often the parent process is looked at. */
const CHECK_EVERY_MS = 250;

const options = parseOptions(process.argv.slice(2));
const files = new ReadyFiles(options.readyFile);
let stack: LocalStack | undefined;
let ending = false;

for (const signal of SIGNALS) process.on(signal, () => void end(0));
watchNpm(() => void end(0));
try {
  stack = await run(options);
} catch (error) {
  if (!(error instanceof LocalStackError)) throw error;
  console.error(error.message);
  await end(1);
}

async function run({ dbPath, port, context, streamShards, partitionLimits, logs }: StartOptions): Promise<LocalStack> {
  const print = progressPrinter();
  const started = await startLocalStack({
    ...(dbPath !== undefined && { dbPath }),
    port,
    context,
    ...(partitionLimits && { partitionLimits }),
    ...(streamShards !== undefined && { streamShards }),
    log: print,
    crashed: (error) => {
      console.error(error.message);
      void end(1);
    },
    ...(logs && { functionLog: (name, line) => console.log(`[${name}] ${line}`) }),
  });
  stack = started;
  const { apiUrl, endpoints, outputs } = started;
  const keyFile = dbPath === undefined ? undefined : join(dbPath, 'key');
  const apiKey = await localKey(endpoints.dynamodb, outputs.TableName ?? '', keyFile);
  const info = { apiUrl, apiKey, endpoints, outputs };
  const elsewhere = files.write(info);
  print('ready');
  console.log(welcome(info));
  if (elsewhere !== undefined) console.log(`  ${elsewhere}\n`);
  return started;
}

/** Stops everything and ends the process. While the stack is still starting, exiting ends all its parts. */
async function end(exitCode: number): Promise<void> {
  if (ending) return;
  ending = true;
  files.remove();
  await stack?.stop();
  process.exit(exitCode);
}

/**
 * Calls `gone` when npm, having started this process, has ended. A terminal's Ctrl-C reaches both; killing npm alone
 * would otherwise leave the stack running with nobody to stop it. Without npm nothing is watched: a stack in a shell's
 * background outlives that shell.
 */
function watchNpm(gone: () => void, environment: NodeJS.ProcessEnv = process.env): void {
  if (environment.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    gone();
  }, CHECK_EVERY_MS);
  timer.unref();
}
