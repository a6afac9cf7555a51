import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { AddressRules } from '../../../../domain/address';
import { type Failure, MAX_RESPONSE_BYTES } from '../../../../domain/attempt';
import type { Headers } from '../../../../domain/http';
import { targetProblem } from '../../../../domain/target-url';
import { ConnectionPools } from './connection-pools';
import type { GuardedAgent, Network } from './guarded-connector';

/** One HTTP request to a destination. */
export interface OutgoingRequest {
  readonly url: string;
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** For the whole exchange: connecting, sending, headers and body. */
  readonly timeoutMs: number;
}

/** What came back for a request. A status code is never an exception. */
export type HttpAnswer =
  | {
      readonly kind: 'response';
      readonly statusCode: number;
      readonly headers: Headers;
      /** At most {@link MAX_RESPONSE_BYTES} bytes. */
      readonly body: Uint8Array;
      readonly latencyMs: number;
    }
  | (Failure & { readonly kind: 'error'; readonly latencyMs: number });

/** Sends a request. It never throws for what a destination does: every ending is an answer. */
export type Send = (outgoing: OutgoingRequest) => Promise<HttpAnswer>;

/** Larger response headers are an error of the destination. */
const MAX_HEADER_BYTES = 16_384;

/** Longer than any attempt may take, so that the attempt's own timeout always comes first. */
const CONNECT_TIMEOUT_MS = 30_000;

const BLOCKED = { code: 'address_blocked', message: 'The address is not public' } as const;

/** Creates the sender of a function instance. Connections are reused between invocations. */
export function createSend(rules: AddressRules, network: Network = {}, now: () => number = Date.now): Send {
  const pools = new ConnectionPools({ ...network, rules, connectTimeoutMs: CONNECT_TIMEOUT_MS }, now);
  return async (outgoing) => {
    if (targetProblem(outgoing.url, rules)) return { kind: 'error', ...BLOCKED, latencyMs: 0 };
    const url = new URL(outgoing.url);
    return pools.use(url, (agent) => exchange(agent, url, outgoing));
  };
}

async function exchange(agent: GuardedAgent, url: URL, outgoing: OutgoingRequest): Promise<HttpAnswer> {
  const started = performance.now();
  const latency = () => Math.round(performance.now() - started);
  const signal = AbortSignal.timeout(outgoing.timeoutMs);
  try {
    const { response, failure } = await answerTo(agent, url, outgoing, signal);
    const body = await capture(response, () => (signal.aborted ? signal.reason : failure()));
    const headers = flatten(response.headersDistinct);
    return { kind: 'response', statusCode: response.statusCode ?? 0, headers, body, latencyMs: latency() };
  } catch (error) {
    return { kind: 'error', ...classify(error, signal, outgoing.timeoutMs), latencyMs: latency() };
  }
}

/** An answer that has begun. */
interface Answering {
  readonly response: IncomingMessage;
  /** What has happened to its connection since; undefined if nothing has. */
  failure(): unknown;
}

function answerTo(agent: GuardedAgent, url: URL, outgoing: OutgoingRequest, signal: AbortSignal): Promise<Answering> {
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
    agent,
    method: outgoing.method,
    signal,
    maxHeaderSize: MAX_HEADER_BYTES,
    headers: { ...outgoing.headers, 'content-length': outgoing.body.byteLength },
  });
  return new Promise((resolve, reject) => {
    let failure: unknown;
    request.on('response', (response) => resolve({ response, failure: () => failure }));
    request.on('error', (error) => {
      failure ??= error;
      reject(error);
    });
    request.on('upgrade', (_, socket) => socket.destroy());
    request.on('close', () => reject(new Error('The connection was closed without an answer.')));
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    request.end(Buffer.from(outgoing.body));
  });
}

/**
 * Reads at most {@link MAX_RESPONSE_BYTES} and closes the connection on the rest.
 *
 * @param failure why the connection has ended, if not in good order
 */
async function capture(body: IncomingMessage, failure: () => unknown): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    parts.push(part);
    size += part.byteLength;
    if (size >= MAX_RESPONSE_BYTES) return Buffer.concat(parts).subarray(0, MAX_RESPONSE_BYTES);
  }
  const broken = endsWithConnection(body) ? failure() : undefined;
  if (broken !== undefined) throw broken;
  return Buffer.concat(parts);
}

/** Whether nothing but its connection's end says where an answer ends (RFC 9112 §6.3): Node takes any end for that. */
const endsWithConnection = ({ statusCode, headers }: IncomingMessage): boolean =>
  statusCode !== 204 && statusCode !== 304 && !headers['content-length'] && !headers['transfer-encoding'];

const flatten = (headers: Readonly<Record<string, string[] | undefined>>): Headers =>
  Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values?.join(', ') ?? '']));

function classify(error: unknown, signal: AbortSignal, timeoutMs: number): Failure {
  if (signal.aborted) return { code: 'timeout', message: `Connection timeout after ${timeoutMs}ms` };
  const code = codeOf(error);
  if (code === 'ADDRESS_BLOCKED') return BLOCKED;
  if (['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ENODATA'].includes(code)) {
    return { code: 'dns_error', message: `The host name cannot be resolved (${code})` };
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return { code: 'response_too_large', message: 'The response headers are too large' };
  }
  if (isTlsCode(code)) return { code: 'tls_error', message: `TLS failed (${code})` };
  return { code: 'connection_error', message: `The connection failed (${code || 'unknown'})` };
}

/** Node wraps failures of several addresses in one AggregateError: the first of them speaks for all. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (typeof error !== 'object' || error === null) return '';
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return typeof code === 'string' ? code : codeOf(cause);
}

function isTlsCode(code: string): boolean {
  return /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|CRL_)/.test(code);
}
