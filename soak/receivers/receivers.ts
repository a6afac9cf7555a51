import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { generate } from 'selfsigned';
import { Random } from '../../local/faults/random';
import { closeServer } from '../../local/http/close';
import { freePort } from '../../local/http/free-port';
import { LOOPBACK, listen } from '../../local/http/listen';
import { accepts, act } from './behave';
import { type Behaviour, type Role, receiversOf } from './roles';
import { signatureProblem } from './signature';

/** A request that a receiver got. */
export interface Received {
  readonly role: string;
  /** `evt_…`, from the header `webhook-id`. */
  readonly event: string;
  readonly idempotencyKey: string;
  readonly contentType: string;
  readonly body: Buffer;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Why the signature is wrong; undefined when the library's own verifier accepted it. */
  readonly signatureProblem: string | undefined;
  readonly behaviour: Behaviour;
  readonly accepted: boolean;
  /** Number of the answer; attempts that got an answer have it recorded. */
  readonly receipt: string;
}

/** Longer than the sender keeps idle connections, so that no request meets a connection that is just being closed. */
const KEEP_ALIVE_MS = 120_000;

/** The receivers of a run, all in this process: their plan of behaviour follows from the seed alone. */
export class Receivers {
  readonly requests: Received[] = [];
  private readonly plain = createServer((request, response) => void this.serve(request, response));
  private readonly secrets = new Map<string, string>();
  private readonly seen = new Map<string, number>();
  private urls: Readonly<Record<Role['reach'], string>> | undefined;
  private stopTls = async (): Promise<void> => {};
  private repaired = false;

  private readonly receivers: readonly Pick<Role, 'name' | 'weights'>[];

  constructor(
    roles: readonly Role[],
    private readonly seed: number,
  ) {
    this.receivers = roles.flatMap((role) => [role, ...(role.mirrors ?? [])]);
    this.plain.keepAliveTimeout = KEEP_ALIVE_MS;
  }

  async start(): Promise<void> {
    const tls = createTlsServer(
      await selfSignedCertificate(),
      (request, response) => void this.serve(request, response),
    );
    this.stopTls = () => closeServer(tls);
    this.urls = {
      http: `http://${LOOPBACK}:${await listen(this.plain, 0)}`,
      'wrong TLS': `https://${LOOPBACK}:${await listen(tls, 0)}`,
      closed: `http://${LOOPBACK}:${await freePort()}`,
    };
  }

  /** Where a role is reached; once repaired, every one is reached alike. */
  urlOf({ name, reach = 'http' }: Partial<Role> & Pick<Role, 'name'>, path = ''): string {
    return `${this.urls?.[this.repaired ? 'http' : reach]}/${name}${path}`;
  }

  /** From now on signatures of a role's requests, and of its mirrors', are checked with this secret. */
  expectSignaturesOf(role: Role, secret: string): void {
    for (const name of receiversOf(role)) this.secrets.set(name, secret);
  }

  /** How many different events a role has got. */
  eventsAt(role: string): number {
    return new Set(this.requests.filter((one) => one.role === role).map(({ event }) => event)).size;
  }

  /** From now on every receiver accepts everything. */
  repair(): void {
    this.repaired = true;
  }

  async stop(): Promise<void> {
    await Promise.all([closeServer(this.plain), this.stopTls()]);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part);
    } catch {
      // The sender was killed in the middle of it: nothing arrived.
      return;
    }
    const received = this.take(request, Buffer.concat(parts));
    this.requests.push(received);
    act(received.behaviour, response, received.receipt);
  }

  private take({ url = '/', headers }: IncomingMessage, body: Buffer): Received {
    const role = url.split('/')[1] ?? '';
    const behaviour = this.behaviourOf(role, body);
    return {
      role,
      event: String(headers['webhook-id']),
      idempotencyKey: String(headers['idempotency-key']),
      contentType: headers['content-type'] ?? '',
      body,
      at: Date.now(),
      signatureProblem: signatureProblem(this.secrets.get(role), headers, body),
      behaviour,
      accepted: accepts(behaviour),
      receipt: `${role}-${this.requests.length}`,
    };
  }

  /** What a role does with the nth request for a payload: from the seed, whatever else happens. */
  private behaviourOf(role: string, body: Buffer): Behaviour {
    const payload = `${role} ${body.toString('base64')}`;
    const nth = (this.seen.get(payload) ?? 0) + 1;
    this.seen.set(payload, nth);
    const weights = this.receivers.find(({ name }) => name === role)?.weights;
    if (this.repaired || weights === undefined) return 'accept';
    return new Random(this.seed, `receiver ${payload} ${nth}`).weighted(weights as Record<Behaviour, number>);
  }
}

/** A key and a certificate that nobody vouches for. */
async function selfSignedCertificate(): Promise<{ readonly key: string; readonly cert: string }> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
  return { key, cert };
}
