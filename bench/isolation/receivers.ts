import { createServer, type ServerResponse } from 'node:http';
import { closeServer } from '../../local/http/close';
import { LOOPBACK, listen } from '../../local/http/listen';

/** How long healthy receivers take to answer, in milliseconds. */
const ANSWER_MS = 1_600;

/**
 * The receivers behind all destinations: requests to `/healthy/…` are answered after a usual time, those to `/hanging` never.
 */
export interface Receivers {
  readonly url: string;
  /** Arrivals at healthy receivers, in milliseconds of `performance.now()`. */
  readonly arrivals: number[];
  /** Requests that hang or have hung. */
  hanging(): number;
  stop(): Promise<void>;
}

export async function startReceivers(): Promise<Receivers> {
  const arrivals: number[] = [];
  let hanging = 0;
  const answer = (response: ServerResponse) => response.end('ok', () => arrivals.push(performance.now()));
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === '/hanging') hanging += 1;
    else request.once('end', () => setTimeout(() => answer(response), ANSWER_MS));
  });
  const port = await listen(server, 0);
  return {
    url: `http://${LOOPBACK}:${port}`,
    arrivals,
    hanging: () => hanging,
    stop: () => closeServer(server),
  };
}
