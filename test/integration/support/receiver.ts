import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a destination got it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Resolves when the response is over: true when all of it was sent, false when the sender hung up before. */
  readonly ended: Promise<boolean>;
}

/** What a destination does with a request. */
export type Behaviour = (response: ServerResponse, request: ReceivedRequest) => void;

/** Answers at once. */
export const answer =
  (status: number, headers: Record<string, string> = {}, body: string | Uint8Array = ''): Behaviour =>
  (response) =>
    void response.writeHead(status, headers).end(body);

/** Never answers. */
export const hang: Behaviour = () => {};

/** Cuts the connection without an answer. */
export const reset: Behaviour = (response) => void response.socket?.resetAndDestroy();

/** Behaves like each of these in turn, and like the last one ever after. */
export function inTurn(...behaviours: readonly Behaviour[]): Behaviour {
  let next = 0;
  return (response, request) => {
    const behaviour = behaviours[Math.min(next, behaviours.length - 1)];
    next += 1;
    behaviour?.(response, request);
  };
}

/** Answers 200 at once and then sends a body in pieces, one every `everyMs`, until the other side hangs up. */
export const endlessBody =
  (piece: Uint8Array, everyMs: number): Behaviour =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    const timer = setInterval(() => response.write(piece), everyMs);
    response.once('close', () => clearInterval(timer));
  };

/** An HTTP server on this machine that deliveries are sent to. */
export interface Receiver {
  readonly url: string;
  /** In the order of their arrival. */
  readonly requests: readonly ReceivedRequest[];
  /** Changes what is done with further requests. */
  behave(behaviour: Behaviour): void;
  stop(): Promise<void>;
}

/** Starts a receiver on a free port of the loopback interface. */
export async function startReceiver(first: Behaviour = answer(200)): Promise<Receiver> {
  const requests: ReceivedRequest[] = [];
  let behaviour = first;
  const server = createServer(async (incoming, response) => {
    // A sender that hangs up, or is killed, in the middle of its request has not made one.
    const request = await receive(incoming, response).catch(() => undefined);
    if (request === undefined) return;
    requests.push(request);
    behaviour(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    behave: (next) => {
      behaviour = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function receive(incoming: IncomingMessage, response: ServerResponse): Promise<ReceivedRequest> {
  const ended = new Promise<boolean>((resolve) => response.once('close', () => resolve(response.writableFinished)));
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part);
  const { method = '', url: path = '', headers } = incoming;
  return { method, path, headers, body: Buffer.concat(parts), at: Date.now(), ended };
}
