// Runs in a worker thread: loads the bundle once, then handles one event at a time, as the Lambda runtime does.
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

const errorOf = (error) =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };

async function loadHandler({ file, name }) {
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

try {
  const handler = await loadHandler(workerData);
  parentPort.on('message', async ({ event, context }) => {
    try {
      const result = await handler(JSON.parse(event), contextOf(context));
      parentPort.postMessage({ kind: 'result', payload: JSON.stringify(result) ?? 'null' });
    } catch (error) {
      parentPort.postMessage({ kind: 'error', error: errorOf(error) });
    }
  });
  parentPort.postMessage({ kind: 'ready' });
} catch (error) {
  parentPort.postMessage({ kind: 'init-error', error: errorOf(error) });
}
