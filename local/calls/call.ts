import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from './caller';

/** The parts of AWS that the local stack answers for. */
export type Service = 'dynamodb' | 'dynamodb-streams' | 'sqs' | 'scheduler';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A call of an AWS API as it came in. */
export interface CallFields {
  readonly caller: Caller;
  readonly service: Service;
  /** The operation as the API reference names it, such as `PutItem`; method and path for one that is not known. */
  readonly operation: string;
  readonly method: string;
  /** Path and query string. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What the caller gets: the engine's own answer, or one that an interceptor made. */
export interface Answer {
  readonly status: number;
  /** Without those that are about the connection or the length of the body. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** Hands a call on: to the next interceptor, and in the end to the engine. */
export type Forward = (call: Call) => Promise<Answer>;

/**
 * Stands between callers and engines. It may answer without forwarding, forward a changed call, or look at the answer
 * (by then the call has taken effect) and act before it goes back. What it throws breaks the caller's connection, as a
 * failing network would; `ConnectionBroken` does so on purpose, anything else is logged.
 */
export type Interceptor = (call: Call, forward: Forward) => Promise<Answer>;

/** Thrown by an interceptor that wants the caller to see a broken connection instead of an answer. */
export class ConnectionBroken extends Error {
  override readonly name = 'ConnectionBroken';
}

/** One call on its way to an engine. */
export class Call implements CallFields {
  readonly caller: Caller;
  readonly service: Service;
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  private parsed: JsonObject | undefined;

  constructor(fields: CallFields) {
    this.caller = fields.caller;
    this.service = fields.service;
    this.operation = fields.operation;
    this.method = fields.method;
    this.path = fields.path;
    this.headers = fields.headers;
    this.body = fields.body;
  }

  /** The JSON body; empty when there is none, or when it is no JSON object. */
  get parameters(): JsonObject {
    this.parsed ??= objectFrom(this.body);
    return this.parsed;
  }

  /** The same call with other parameters. */
  with(parameters: JsonObject): Call {
    return new Call({ ...this, body: Buffer.from(JSON.stringify(parameters)) });
  }
}

/** The JSON object in the body of an answer; empty when there is none. */
export const resultOf = ({ body }: Answer): JsonObject => objectFrom(body);

/** An answer with a JSON body. */
export function jsonAnswer(status: number, body: JsonObject, headers: Answer['headers'] = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0', ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}

function objectFrom(body: Buffer): JsonObject {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    // The engine is the one that refuses it, in its own words.
    return {};
  }
}
