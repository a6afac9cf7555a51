import * as z from 'zod';

const destinationAnswer = z.object({ destination: z.object({ id: z.string() }) });

/** Events in one call of the batch endpoint. */
const BATCH_SIZE = 100;

/** The calls of the API that the bench makes. */
export class Client {
  constructor(
    private readonly apiUrl: string,
    private readonly key: string,
  ) {}

  /** Makes a destination that gets the events of one type. */
  async route(type: string, url: string, timeoutMs: number): Promise<void> {
    // One attempt: what becomes of a delivery afterwards is not what is measured.
    const retry = { retry_policy: { max_attempts: 1 } };
    const body = { name: type, url, timeout_ms: timeoutMs, ...retry };
    const { destination } = destinationAnswer.parse(await this.post('/v1/destinations', body));
    const filter = { field: 'type', operator: 'eq', value: type };
    await this.post('/v1/connections', { name: type, destination_id: destination.id, filter_rules: [filter] });
  }

  /** Publishes one event of each of these types, in this order. */
  async publish(types: readonly string[]): Promise<void> {
    for (let at = 0; at < types.length; at += BATCH_SIZE) {
      const events = types.slice(at, at + BATCH_SIZE).map((type) => ({ type, payload: { at } }));
      await this.post('/v1/events/batch', { events });
    }
  }

  private async post(path: string, body: unknown): Promise<unknown> {
    const headers = { 'x-api-key': this.key, 'content-type': 'application/json' };
    const response = await fetch(this.apiUrl + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`POST ${path} was answered with ${response.status}: ${await response.text()}`);
    return response.json();
  }
}
