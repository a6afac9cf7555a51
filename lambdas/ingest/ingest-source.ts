import { requestFingerprint } from '../domain/idempotency';
import { eventId, isConfigurationId } from '../domain/identifiers';
import { ApiError, notFound } from '../http/errors';
import type { ApiRequest, ApiResponse } from '../http/messages';
import type { Source } from '../store/configuration';
import { type AcceptPorts, accept } from './accept';

export interface IngestPorts extends AcceptPorts {
  findSource(id: string): Promise<Source | undefined>;
}

/** Headers of the transport, of the caller's credentials and of what stands in between: no part of the event. */
const NOT_KEPT =
  /^(host|connection|content-length|transfer-encoding|expect|te|trailer|upgrade|keep-alive|cookie|authorization|proxy-.*|x-api-key|x-forwarded-.*|forwarded|via|x-amzn-.*|accept|accept-.*)$/;

/** Beyond this, headers are more than metadata: 8 KiB, as most HTTP servers allow. */
const MAX_HEADER_BYTES = 8192;

/** `POST /v1/ingest/{sourceId}`: whatever the body is, it is accepted byte for byte. The source's id is the address. */
export async function ingestSource(ports: IngestPorts, request: ApiRequest): Promise<ApiResponse> {
  const id = request.params.sourceId ?? '';
  const source = isConfigurationId(id, 'src') ? await ports.findSource(id) : undefined;
  if (!source) throw notFound('Source', id);
  if (source.status !== 'active') throw new ApiError('FORBIDDEN', 'The source is disabled');
  const event = await accept(ports, incomingEvent(request, source), repeatable(request, source));
  return { status: 202, body: { event_id: eventId(event.base) } };
}

function incomingEvent(request: ApiRequest, source: Source) {
  return {
    organization: source.organization,
    environment: source.environment,
    source: source.id,
    contentType: request.headers['content-type'] ?? 'application/octet-stream',
    headers: keptHeaders(request),
    body: request.body,
  };
}

function keptHeaders({ headers }: ApiRequest): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !NOT_KEPT.test(name));
  const size = kept.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (size > MAX_HEADER_BYTES)
    throw new ApiError('VALIDATION_ERROR', `headers: are larger than ${MAX_HEADER_BYTES} bytes`);
  return Object.fromEntries(kept);
}

function repeatable(request: ApiRequest, source: Source) {
  const key = request.headers['idempotency-key'];
  if (!key) return undefined;
  const fingerprint = requestFingerprint(Buffer.from(request.body).toString('base64'));
  return { kind: 'key' as const, value: `${source.id}\n${key}`, index: 0, fingerprint };
}
