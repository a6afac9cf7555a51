import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from './caller';

/** The AWS services that the local stack emulates. */
export type Service = 'dynamodb' | 'dynamodb-streams' | 'sqs' | 'scheduler';

export type JsonObject = Readonly<Record<string, unknown>>;

/** An incoming call of an AWS API. */
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
  /** Without those about the connection or the length of the body. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** Passes a call on to the next interceptor, and finally to the engine. */
export type Forward = (call: Call) => Promise<Answer>;

/**
 * Stands between callers and engines. It may answer without forwarding, forward a changed call, or look at the answer
 * (by then the call has taken effect) and act before it goes back. Whatever it throws breaks the caller's connection,
 * as a failing network would; `ConnectionBroken` means that on purpose, anything else is logged.
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

  /** The JSON body; empty if there is none, or if it is not a JSON object. */
  get parameters(): JsonObject {
    this.parsed ??= objectFrom(this.body);
    return this.parsed;
  }

  /** A copy of the call with other parameters. */
  with(parameters: JsonObject): Call {
    return new Call({ ...this, body: Buffer.from(JSON.stringify(parameters)) });
  }
}

/** The JSON object in the body of an answer; empty if there is none. */
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
    // The engine will refuse it in its own words.
    return {};
  }
}
