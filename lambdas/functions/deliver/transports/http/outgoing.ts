import type { Destination } from '../../../../configuration/destination';
import { HEADER_VALUE } from '../../../../domain/header-rules';
import { type Headers, USER_AGENT } from '../../../../domain/http';
import { deliveryIdempotencyKey } from '../../../../domain/idempotency';
import { eventId } from '../../../../domain/identifiers';
import { isCredentialName, redactHeaders } from '../../../../domain/redaction';
import { sign } from '../../../../domain/signature';
import { activeSecrets } from '../../../../domain/signing-secrets';
import type { Sending } from '../transport';
import type { OutgoingRequest } from './send';

/**
 * Builds the request of an attempt: the body byte for byte, the headers of Standard Webhooks, the keys that receivers
 * deduplicate by, and the destination's own headers and credentials.
 */
export function buildRequest(sending: Sending): OutgoingRequest {
  const { event, destination, target, timeoutMs } = sending;
  const own = { ...destination.headers, ...credentials(destination.auth) };
  return {
    url: target,
    method: destination.method,
    headers: { ...own, ...standardHeaders(sending) },
    body: event.body,
    timeoutMs,
  };
}

/** Sent instead of a content type with characters that are not allowed in a header. */
const UNNAMED = 'application/octet-stream';

function standardHeaders({ event, delivery, destination, startedAt }: Sending): Headers {
  const id = eventId(event.base);
  return {
    'content-type': HEADER_VALUE.test(event.contentType) ? event.contentType : UNNAMED,
    'user-agent': USER_AGENT,
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(startedAt / 1000)),
    'webhook-signature': sign(activeSecrets(destination, startedAt), id, new Date(startedAt), event.body),
    'X-Webhook-ID': id,
    'Idempotency-Key': deliveryIdempotencyKey(delivery.environment, id, delivery.connection),
  };
}

function credentials(auth: Destination['auth']): Headers {
  switch (auth.type) {
    case 'none':
      return {};
    case 'basic':
      return { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}` };
    case 'bearer_token':
      return { authorization: `Bearer ${auth.token}` };
    case 'api_key':
      return { [auth.header.toLowerCase()]: auth.key };
    default:
      return auth satisfies never;
  }
}

/** The headers of a request as recorded: the destination's credentials read `***`. */
export function recordedHeaders(headers: Headers, destination: Destination): Headers {
  const own = new Set(Object.keys({ ...destination.headers, ...credentials(destination.auth) }));
  const secretName = destination.auth.type === 'api_key' ? destination.auth.header.toLowerCase() : 'authorization';
  return redactHeaders(headers, (name) => own.has(name) && (name === secretName || isCredentialName(name)));
}
