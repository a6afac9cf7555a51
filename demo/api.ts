import { z } from 'zod';

/** The stack's public API, with one key. */
export class Api {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  /**
   * Makes a call and reads its answer.
   *
   * @param body sent as it is
   * @throws DemoError when the answer is not 2xx
   */
  async call<Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    path: string,
    body?: Body,
  ): Promise<z.output<Schema>> {
    const response = await fetch(this.url + path, {
      method,
      headers: { 'x-api-key': this.key, 'content-type': 'application/json', ...body?.headers },
      ...(body && { body: new Uint8Array(Buffer.from(body.content)) }),
    });
    const text = await response.text();
    if (!response.ok) throw new DemoError(`${method} ${path} was answered with ${response.status}: ${text}`);
    return schema.parse(JSON.parse(text));
  }

  get<Schema extends z.ZodType>(schema: Schema, path: string): Promise<z.output<Schema>> {
    return this.call(schema, 'GET', path);
  }

  post<Schema extends z.ZodType>(schema: Schema, path: string, value: unknown): Promise<z.output<Schema>> {
    return this.call(schema, 'POST', path, { content: JSON.stringify(value) });
  }
}

/** A body that goes out byte for byte; JSON, unless the headers say otherwise. */
export interface Body {
  readonly content: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Something in the demo did not go as it must. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}

/** An attempt in the history of a delivery. */
const attempt = z.object({
  attemptNumber: z.number(),
  statusCode: z.number().nullable(),
  error: z.string().nullable(),
  latency: z.number(),
});

/** A delivery, as lists show it. */
export const delivery = z.object({
  id: z.string(),
  eventId: z.string(),
  status: z.string(),
  attemptCount: z.number(),
  destination: z.object({ name: z.string() }),
});

export const deliveryWithAttempts = delivery.extend({ attempts: z.array(attempt) });

export type Delivery = z.output<typeof delivery>;
export type DeliveryWithAttempts = z.output<typeof deliveryWithAttempts>;

export const deliveryPage = z.object({
  data: z.array(delivery),
  pagination: z.object({ next_cursor: z.string().nullable() }),
});
