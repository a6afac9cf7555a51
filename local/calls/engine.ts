import { type Dispatcher, Pool } from 'undici';
import type { Answer, Call } from './call';

/** Headers that belong to one connection, or are computed again from the body. */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'expect',
  'content-length',
]);

/**
 * Forwards calls to the engine that answers them, over connections that stay open. The `host` header stays the
 * caller's: the signature covers it, and SQS makes queue URLs from it.
 */
export class Engine {
  private readonly pool: Pool;

  constructor(endpoint: string) {
    // The engine decides how long a long poll keeps its connection.
    this.pool = new Pool(new URL(endpoint).origin, { headersTimeout: 0, bodyTimeout: 0 });
  }

  /**
   * @param signal ends the call when its caller has gone
   * @throws the pool's error when the engine does not answer
   */
  async answer({ method, path, headers, body }: Call, signal: AbortSignal): Promise<Answer> {
    const given = Object.entries(headers).filter(([name]) => !CONNECTION_HEADERS.has(name));
    const response = await this.pool.request({
      method: method as Dispatcher.HttpMethod,
      path,
      headers: Object.fromEntries(given),
      body: body.length === 0 ? null : body,
      signal,
    });
    const answered = Object.entries(response.headers).flatMap(([name, value]) =>
      value === undefined || CONNECTION_HEADERS.has(name) ? [] : [[name, value] as const],
    );
    return {
      status: response.statusCode,
      headers: Object.fromEntries(answered),
      body: Buffer.from(await response.body.arrayBuffer()),
    };
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}
