import { Command } from 'commander';
import { progressPrinter } from '../local/cli/progress';
import { LocalStackError } from '../local/errors';
import { Teardown } from '../local/teardown';
import { DemoError } from './api';
import { runDemo } from './demo';

// The SDK otherwise prints its notice about Node 20 in the middle of the progress.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const { logs } = new Command('npm run demo --')
  .description(
    'Runs the whole stack on this machine, delivers 50 real GitHub payloads to receivers that misbehave on purpose, ' +
      'and checks that none is lost.',
  )
  .option('--logs', 'print what the functions log', false)
  .parse()
  .opts<{ logs: boolean }>();

const startedAt = Date.now();
const teardown = new Teardown();
let ending = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(130));
try {
  const kept = await runDemo({
    output: process.stdout,
    log: progressPrinter(startedAt),
    teardown,
    stack: { crashed, ...(logs && { functionLog: (name, line) => console.log(`[${name}] ${line}`) }) },
  });
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(
    kept ? `Nothing was lost. It took ${seconds} s.` : `Something is wrong, see above. It took ${seconds} s.`,
  );
  await end(kept ? 0 : 1);
} catch (error) {
  // Whatever fails while everything is being stopped fails because of that.
  if (!ending) console.error(isKnown(error) ? error.message : error);
  await end(1);
}

function isKnown(error: unknown): error is Error {
  return error instanceof LocalStackError || error instanceof DemoError;
}

function crashed(error: LocalStackError): void {
  console.error(error.message);
  void end(1);
}

/** Stops everything and ends the process. While the stack is still starting, ending the process ends all its parts. */
async function end(exitCode: number): Promise<void> {
  if (ending) return;
  ending = true;
  await teardown.run().catch((error) => console.error(error));
  process.exit(exitCode);
}
