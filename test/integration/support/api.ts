import { z } from 'zod';
import { expectDocumented } from './documented';

/** An answer of the HTTP API. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined when there is none. */
  readonly body: unknown;
}

export interface Call {
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, instead of JSON. */
  readonly raw?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client of the HTTP API with one key, or with none. */
export class Api {
  constructor(
    readonly url: string,
    readonly key?: string,
  ) {}

  /** Makes a call; whatever the status, it is answered. The answer has to be one that the OpenAPI document describes. */
  async call(method: string, path: string, { json, raw, headers }: Call = {}): Promise<Answer> {
    const body = raw ?? (json === undefined ? undefined : JSON.stringify(json));
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(this.key !== undefined && { 'x-api-key': this.key }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    });
    const text = await response.text();
    const answer = text === '' ? undefined : (JSON.parse(text) as unknown);
    expectDocumented(method, path, response.status, answer);
    return { status: response.status, headers: response.headers, body: answer };
  }

  /**
   * Makes a call that has to succeed.
   *
   * @throws Error with the answer when its status is not 2xx
   */
  async ok<Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    path: string,
    call?: Call,
  ): Promise<z.output<Schema>> {
    const { status, body } = await this.call(method, path, call);
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
    return schema.parse(body);
  }
}

const nullableText = z.string().nullable();
const nullableNumber = z.number().nullable();

/** An attempt in the history of a delivery. */
const attemptShape = z.object({
  attemptNumber: z.number(),
  startedAt: z.string(),
  completedAt: z.string(),
  statusCode: nullableNumber,
  error: nullableText,
  latency: z.number(),
});

/** A delivery as the list shows it, and what only a single one shows. */
export const deliveryShape = z.object({
  id: z.string(),
  eventId: z.string(),
  destinationId: z.string(),
  routeId: z.string(),
  status: z.string(),
  attemptCount: z.number(),
  maxAttempts: z.number(),
  latency: nullableNumber,
  statusCode: nullableNumber,
  error: nullableText,
  nextAttemptAt: nullableText,
  createdAt: z.string(),
  deliveredAt: nullableText,
  requestHeaders: z.record(z.string(), z.string()).nullish(),
  responseHeaders: z.record(z.string(), z.string()).nullish(),
  responseBody: z.string().nullish(),
  attempts: z.array(attemptShape).optional(),
});

export type DeliveryView = z.output<typeof deliveryShape>;

export const deliveryPage = z.object({
  data: z.array(deliveryShape),
  pagination: z.object({
    total: z.number(),
    total_is_exact: z.boolean(),
    page: z.number(),
    pageSize: z.number(),
    next_cursor: nullableText,
  }),
});

export const eventAnswer = z.object({
  event: z.object({ id: z.string(), status: z.string(), external_id: nullableText }),
});
export const eventsAnswer = z.object({ events: z.array(eventAnswer.shape.event) });

export const destinationAnswer = z.object({
  destination: z.object({ id: z.string(), status: z.string(), signing_secret: z.string().optional() }),
});
export const connectionAnswer = z.object({ connection: z.object({ id: z.string() }) });
export const sourceAnswer = z.object({ source: z.object({ id: z.string() }) });
export const ingestAnswer = z.object({ event_id: z.string() });
