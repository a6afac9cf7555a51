import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

/** Capacity units as DynamoDB bills them. */
export interface Units {
  readonly read: number;
  readonly write: number;
}

interface Consumed extends Units {
  readonly caller: string;
}

const perTable = z.object({ CapacityUnits: z.number() });
const answerShape = z.object({ ConsumedCapacity: z.union([perTable, z.array(perTable)]).optional() });

/** Calls that answer with the capacity they consumed, and whether it is a reading or a writing one. */
const KINDS: Readonly<Record<string, 'read' | 'write'>> = {
  GetItem: 'read',
  BatchGetItem: 'read',
  Query: 'read',
  Scan: 'read',
  TransactGetItems: 'read',
  PutItem: 'write',
  UpdateItem: 'write',
  DeleteItem: 'write',
  BatchWriteItem: 'write',
  TransactWriteItems: 'write',
};

/** Stands between the functions and DynamoDB, and asks it on their behalf what each call consumed. */
export class CapacityProxy {
  private readonly consumed: Consumed[] = [];
  private readonly server: Server;

  constructor(private readonly target: URL) {
    this.server = createServer((incoming, response) => void this.pass(incoming, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Forgets what was counted so far. */
  reset(): void {
    this.consumed.length = 0;
  }

  /** Units that functions consumed, told by their names or the starts of their names. */
  unitsOf(...functions: readonly string[]): Units {
    const own = this.consumed.filter(({ caller }) => functions.some((name) => caller.includes(name)));
    return {
      read: own.reduce((sum, { read }) => sum + read, 0),
      write: own.reduce((sum, { write }) => sum + write, 0),
    };
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '';
    const body = await textOf(incoming);
    const kind = KINDS[operation];
    const asked = kind ? JSON.stringify({ ...JSON.parse(body), ReturnConsumedCapacity: 'INDEXES' }) : body;
    const headers = { ...incoming.headers, 'content-length': String(Buffer.byteLength(asked)) };
    const { hostname, port } = this.target;
    const outgoing = request(
      { hostname, port, method: incoming.method, path: incoming.url, headers },
      async (answer) => {
        const text = await textOf(answer);
        if (kind) this.count(callerOf(incoming), kind, text);
        response.writeHead(answer.statusCode ?? 500, answer.headers).end(text);
      },
    );
    outgoing.once('error', () => response.destroy());
    outgoing.end(asked);
  }

  private count(caller: string, kind: 'read' | 'write', text: string): void {
    const { ConsumedCapacity: answered = [] } = answerShape.parse(JSON.parse(text));
    for (const { CapacityUnits } of Array.isArray(answered) ? answered : [answered]) {
      this.consumed.push({ caller, read: 0, write: 0, [kind]: CapacityUnits });
    }
  }
}

/** The local stack gives every function an access key that names it. */
function callerOf({ headers }: IncomingMessage): string {
  return /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? 'unknown';
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
