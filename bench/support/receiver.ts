import { createServer, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeServer } from '../../local/http/close';
import { LOOPBACK, listen } from '../../local/http/listen';

/** A request that a receiver got: the event's id and when it was complete. */
export interface Arrival {
  readonly event: string;
  /** `performance.timeOrigin + performance.now()`: milliseconds since the epoch with a fraction. */
  readonly at: number;
}

export interface ReceiverOptions {
  /** How long it takes to answer, in milliseconds. */
  readonly delayMs?: number;
  /** Status for the n-th request (from 1) about an event; 200 when left out. */
  readonly statusOf?: (visit: number) => number;
  /** What it answers with besides `date`, `connection` and the length. */
  readonly headers?: Readonly<Record<string, string>>;
}

const FEW_HEADERS = { 'content-type': 'application/json', server: 'nginx/1.27.3' };

export const preciseNow = (): number => performance.timeOrigin + performance.now();

/** An HTTP server on this machine that deliveries are sent to. */
export class Receiver {
  readonly arrivals: Arrival[] = [];
  /** What all requests had, headers and bodies. */
  receivedBytes = 0;
  private readonly visits = new Map<string, number>();
  private port = 0;
  private readonly server = createServer(async (request, response) => {
    // Read to its end, as a receiver does before it answers.
    for await (const chunk of request) this.receivedBytes += chunk.length;
    this.receivedBytes += headBytes(request);
    const event = String(request.headers['webhook-id']);
    this.arrivals.push({ event, at: preciseNow() });
    const visit = (this.visits.get(event) ?? 0) + 1;
    this.visits.set(event, visit);
    if (this.options.delayMs) await sleep(this.options.delayMs);
    const status = this.options.statusOf?.(visit) ?? 200;
    response.writeHead(status, this.options.headers ?? FEW_HEADERS).end('{"ok":true}');
  });

  constructor(private readonly options: ReceiverOptions = {}) {}

  /** Starts to listen on a free port. */
  async start(): Promise<void> {
    this.port = await listen(this.server, 0);
  }

  get url(): string {
    return `http://${LOOPBACK}:${this.port}/`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return closeServer(this.server);
  }
}

/** Of each header the name, a colon, a space, the value and the end of the line; before them the request's own line. */
const headBytes = ({ method, url, rawHeaders }: IncomingMessage): number =>
  Buffer.byteLength(`${method} ${url} HTTP/1.1\r\n\r\n`) + Buffer.byteLength(rawHeaders.join('  '));
