import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { LocalStackError, messageOf } from './errors';
import { FunctionError } from './lambda/function-error';
import { fillPlaceholders, hasPlaceholders } from './samples/placeholders';
import { prepareSamples } from './samples/prepare';
import { type LocalStack, startLocalStack } from './stack';
import { Teardown } from './teardown';

// Otherwise the SDK prints its notice about Node 20 in the middle of the logs.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const [functionName = '', eventFile = ''] = new Command('npm run invoke --')
  .description(
    'Starts a stack in memory, puts in place what the sample events refer to, runs one event through one function, ' +
      'and prints the result and what the function logged. Nothing else of the stack runs meanwhile.',
  )
  .argument('<function>', 'service name, such as ingest')
  .argument('<event>', 'JSON file with the event, such as events/ingest-publish.json')
  .parse().args;

const teardown = new Teardown();
let ending = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(130));
try {
  await end(await invoke(functionName, readText(eventFile)));
} catch (error) {
  // Errors during shutdown are caused by the shutdown.
  if (!ending) console.error(error instanceof LocalStackError ? error.message : error);
  await end(1);
}

/** @returns the exit code: 1 when the function failed */
async function invoke(name: string, text: string): Promise<number> {
  const stack = await startLocalStack();
  teardown.add(() => stack.stop());
  for (const mapped of ['route', 'aggregate', 'deliver']) stack.pauseMapping(mapped);
  const event = await readEvent(stack, text);
  try {
    console.log(JSON.stringify(await stack.invoke(name, event), null, 2));
    return 0;
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    console.log(JSON.stringify(error.payload, null, 2));
    return 1;
  } finally {
    for (const line of logsOf(stack, name)) console.error(line);
  }
}

/** The event, with its placeholders filled in: what they stand for is created first. */
async function readEvent(stack: LocalStack, text: string): Promise<unknown> {
  if (!hasPlaceholders(text)) return JSON.parse(text);
  const samples = await prepareSamples(stack);
  teardown.add(() => samples.stop());
  return JSON.parse(fillPlaceholders(text, samples.values));
}

function logsOf(stack: LocalStack, name: string): readonly string[] {
  try {
    return stack.logs(name);
  } catch {
    // There is no such function; the error about it is already on its way.
    return [];
  }
}

/** The text of a JSON file, read before anything starts. */
function readText(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new LocalStackError(`${file} is no JSON file: ${messageOf(error)}.`);
  }
}

/** Stops everything and ends the process. While the stack is still starting, exiting ends all its parts. */
async function end(exitCode: number): Promise<void> {
  if (ending) return;
  ending = true;
  await teardown.run().catch((error) => console.error(error));
  process.exit(exitCode);
}
