import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { Webhook } from 'standardwebhooks';
import { closeServer } from '../local/http/close';
import { LOOPBACK, listen } from '../local/http/listen';
import type { Answer, Role } from './roles';

/** A request that a receiver got. */
export interface Received {
  readonly destination: string;
  /** `evt_…`, from the header `webhook-id`. */
  readonly event: string;
  readonly contentType: string;
  readonly body: Buffer;
  /** Why the signature is wrong; undefined when the library's own verifier accepted it. */
  readonly signatureProblem: string | undefined;
  readonly answer: Answer;
}

/** An HTTP server on this machine that plays one role. */
export class Receiver {
  readonly requests: Received[] = [];
  private readonly server: Server;
  private verifier: Webhook | undefined;

  constructor(readonly role: Role) {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  /** Starts to listen on a free port; answers with the address. */
  async start(): Promise<string> {
    const port = await listen(this.server, 0);
    return `http://${LOOPBACK}:${port}/${this.role.name}`;
  }

  /** From now on signatures are checked with this secret; without one they are wrong. */
  expectSignaturesOf(secret: string): void {
    this.verifier = new Webhook(secret);
  }

  stop(): Promise<void> {
    return closeServer(this.server);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    const answer = this.take(request.headers, body);
    // The request that gets no answer stays open until the sender has had enough of it.
    if (answer !== 'no answer') response.writeHead(answer.status, answer.headers).end();
  }

  private take(headers: IncomingHttpHeaders, body: Buffer): Answer {
    const event = String(headers['webhook-id']);
    const known = [...new Set(this.requests.map((one) => one.event))];
    const delivery = known.includes(event) ? known.indexOf(event) : known.length;
    const attempt = this.requests.filter((one) => one.event === event).length + 1;
    const answer = this.role.behave({ delivery, attempt });
    this.requests.push({
      destination: this.role.name,
      event,
      contentType: headers['content-type'] ?? '',
      body,
      signatureProblem: this.verify(headers, body),
      answer,
    });
    return answer;
  }

  private verify(headers: IncomingHttpHeaders, body: Buffer): string | undefined {
    try {
      this.verifier?.verify(body, headers as Record<string, string>, { jsonParse: false });
      return this.verifier ? undefined : 'There was no secret yet.';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}
