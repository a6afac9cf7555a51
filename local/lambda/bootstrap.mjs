// Runs in a process of its own: loads the bundle once, then handles one event at a time, as the Lambda runtime does.
import dns from 'node:dns';
import { readSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { pathToFileURL } from 'node:url';
import { stallingLookup } from './lookups.mjs';

dns.lookup = stallingLookup(Number(process.env.UV_THREADPOOL_SIZE ?? 4), dns.lookup);
syncBuiltinESMExports();

// The stack decides when its functions end: a Ctrl-C in the terminal reaches every process, and is not for this one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
// A stack that was killed takes its functions with it.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

/** The pipe on which the stack writes a byte before each event. */
const THAW = 4;

const send = (answer, sent) => process.connected && process.send(answer, sent);

// Lambda freezes an execution environment between events: no timer, no promise and no socket makes progress.
function freeze() {
  const stackIsGone = readSync(THAW, Buffer.alloc(1)) === 0;
  if (stackIsGone) process.kill(process.pid, 'SIGKILL');
}

const errorOf = (error) =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };

async function loadHandler(file, name) {
  const handler = (await import(pathToFileURL(file).href))[name];
  if (typeof handler !== 'function') throw new Error(`${name} is undefined or not exported`);
  return handler;
}

const contextOf = ({ deadline, ...context }) => ({
  ...context,
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  done() {},
  fail() {},
  succeed() {},
});

// What Lambda would bill, and the processor time in it; both in milliseconds.
function startUsage() {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { durationMs: performance.now() - started, cpuMs: (user + system) / 1000 };
  };
}

try {
  const handler = await loadHandler(...process.argv.slice(2));
  process.on('message', async ({ event, context }) => {
    const usage = startUsage();
    try {
      const result = await handler(JSON.parse(event), contextOf(context));
      send({ kind: 'result', payload: JSON.stringify(result) ?? 'null', usage: usage() }, freeze);
    } catch (error) {
      send({ kind: 'error', error: errorOf(error), usage: usage() }, freeze);
    }
  });
  send({ kind: 'ready' }, freeze);
} catch (error) {
  send({ kind: 'init-error', error: errorOf(error) });
}
