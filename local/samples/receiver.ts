import { createServer } from 'node:http';
import { closeServer } from '../http/close';
import { LOOPBACK, listen } from '../http/listen';

/** A receiver that accepts everything. */
export async function startReceiver(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.end('{"ok":true}'));
  });
  const port = await listen(server, 0);
  return { url: `http://${LOOPBACK}:${port}/hooks`, stop: () => closeServer(server) };
}
