import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { LocalStackError, messageOf } from './errors';
import { FunctionError } from './lambda/function-error';
import { startLocalStack } from './stack';

// The SDK otherwise prints its notice about Node 20 in the middle of the logs.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const [functionName = '', eventFile = ''] = new Command('npm run invoke --')
  .description('Starts a stack in memory, runs one event through a function, and prints the result and the logs.')
  .argument('<function>', 'service name, such as ingest')
  .argument('<event>', 'JSON file with the event, such as events/ingest.json')
  .parse().args;

try {
  process.exitCode = await invoke(functionName, readEvent(eventFile));
} catch (error) {
  if (!(error instanceof LocalStackError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** @returns the exit code: 1 when the function failed */
async function invoke(name: string, event: unknown): Promise<number> {
  const stack = await startLocalStack();
  try {
    console.log(JSON.stringify(await stack.invoke(name, event), null, 2));
    return 0;
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    console.log(JSON.stringify(error.payload, null, 2));
    return 1;
  } finally {
    for (const line of logsOf(stack, name)) console.error(line);
    await stack.stop();
  }
}

function logsOf(stack: Awaited<ReturnType<typeof startLocalStack>>, name: string): readonly string[] {
  try {
    return stack.logs(name);
  } catch {
    // There is no such function, which the error on its way already says.
    return [];
  }
}

function readEvent(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new LocalStackError(`${file} is no JSON file: ${messageOf(error)}.`);
  }
}
