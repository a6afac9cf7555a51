import { createServer, type ServerResponse } from 'node:http';
import { closeServer } from '../../local/http/close';
import { listen } from '../../local/http/listen';

/** How long healthy receivers take to answer, in milliseconds. */
const ANSWER_MS = 1_600;

/**
 * The receivers behind all destinations: requests to `/healthy/…` are answered after a usual time, those to `/hanging` never.
 * They have a name, and close connections, so that each delivery looks the name up.
 */
export interface Receivers {
  readonly url: string;
  /** Arrivals at healthy receivers, in milliseconds of `performance.now()`. */
  readonly arrivals: number[];
  stop(): Promise<void>;
}

export async function startReceivers(): Promise<Receivers> {
  const arrivals: number[] = [];
  const answer = (response: ServerResponse) => response.end('ok', () => arrivals.push(performance.now()));
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('connection', 'close');
    if (request.url !== '/hanging') request.once('end', () => setTimeout(() => answer(response), ANSWER_MS));
  });
  const port = await listen(server, 0);
  return { url: `http://localhost:${port}`, arrivals, stop: () => closeServer(server) };
}
