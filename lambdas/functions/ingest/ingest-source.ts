import type { Source } from '../../configuration/source';
import { deduplicationName } from '../../domain/deduplication';
import { requestFingerprint } from '../../domain/idempotency';
import { eventId, isConfigurationId } from '../../domain/identifiers';
import { type VerificationResult, verifySignature } from '../../domain/source-verification';
import { ApiError, notFound } from '../../http/errors';
import type { ApiRequest, ApiResponse } from '../../http/messages';
import { type AcceptPorts, accept, type Repeatable } from './accept';

export interface IngestPorts extends AcceptPorts {
  findSource(id: string): Promise<Source | undefined>;
}

/** Headers of the transport, of proxies and with credentials are not part of the event; nor is what no object can hold. */
const NOT_KEPT =
  /^(__proto__|host|connection|content-length|transfer-encoding|expect|te|trailer|upgrade|keep-alive|cookie|authorization|proxy-.*|x-api-key|x-forwarded-.*|forwarded|via|x-amzn-.*|accept|accept-.*)$/;

/** The limit for headers: 8 KiB, as in most HTTP servers. */
const MAX_HEADER_BYTES = 8192;

/** `POST /v1/ingest/{sourceId}`: accepts any body, byte for byte. The source's id is the address. */
export async function ingestSource(ports: IngestPorts, request: ApiRequest): Promise<ApiResponse> {
  const id = request.params.sourceId ?? '';
  const source = isConfigurationId(id, 'src') ? await ports.findSource(id) : undefined;
  if (!source) throw notFound('Source', id);
  if (source.status !== 'active') throw new ApiError('FORBIDDEN', 'The source is disabled');
  requireSignature(source, request, ports.now());
  const event = await accept(ports, incomingEvent(request, source), repeatable(request, source));
  return { status: 202, body: { event_id: eventId(event.base) } };
}

const REFUSALS: Readonly<Record<Exclude<VerificationResult, 'verified'>, string>> = {
  missing: 'The request is not signed in the way that the source expects',
  wrong: 'The signature does not match',
  stale: 'The signature was made too long ago, or lies in the future',
};

/** @throws ApiError 401 if the source verifies signatures and the request has no valid one */
function requireSignature({ verification }: Source, request: ApiRequest, now: number): void {
  const result = verification ? verifySignature(verification, request, now) : 'verified';
  if (result !== 'verified') throw new ApiError('UNAUTHORIZED', REFUSALS[result]);
}

function incomingEvent(request: ApiRequest, source: Source) {
  return {
    organization: source.organization,
    environment: source.environment,
    source: source.id,
    contentType: request.headers['content-type'] ?? 'application/octet-stream',
    headers: keptHeaders(request),
    body: request.body,
    ...(source.verification && { verified: true as const }),
  };
}

function keptHeaders({ headers }: ApiRequest): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !NOT_KEPT.test(name));
  const size = kept.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (size > MAX_HEADER_BYTES)
    throw new ApiError('VALIDATION_ERROR', `headers: are larger than ${MAX_HEADER_BYTES} bytes`);
  return Object.fromEntries(kept);
}

/** A key identifies the request; without one, the source may deduplicate by itself. */
function repeatable(request: ApiRequest, source: Source): Repeatable | undefined {
  const key = request.headers['idempotency-key'];
  if (!key) return recognizable(request, source);
  const fingerprint = requestFingerprint(Buffer.from(request.body).toString('base64'));
  return { kind: 'key' as const, value: `${source.id}\n${key}`, index: 0, fingerprint };
}

function recognizable(request: ApiRequest, { id, deduplication }: Source): Repeatable | undefined {
  const name = deduplication && deduplicationName(deduplication, request);
  if (!deduplication || name === undefined) return undefined;
  return { kind: 'dedup', value: `${id}\n${name}`, index: 0, windowMs: deduplication.windowSeconds * 1000 };
}
