import type { Node } from 'jsonc-parser';
import * as z from 'zod/mini';
import type { Source } from '../../configuration/source';
import { publishName, requestFingerprint } from '../../domain/idempotency';
import { eventId } from '../../domain/identifiers';
import { isWellFormed } from '../../domain/well-formed';
import { type EnvironmentPrincipal, type Principal, requireEnvironment } from '../../http/authentication';
import { ApiError, invalid } from '../../http/errors';
import type { ApiRequest, ApiResponse } from '../../http/messages';
import { parseJson, validate } from '../../http/parse';
import { rawText, readTree } from '../../http/raw-json';
import type { StoredEvent } from '../../store/events/events';
import { type AcceptPorts, accept, conflictMessage, type IncomingEvent, type Repeatable } from './accept';

const text = (most: number) =>
  z.string().check(z.minLength(1), z.maxLength(most), z.refine(isWellFormed, 'contains half of a surrogate pair'));

/** Body of `POST /v1/events`. */
export const published = z.object({
  type: text(255),
  payload: z.unknown().check(z.refine((value) => value !== undefined, 'is required')),
  source_id: z.optional(z.string()),
  id: z.optional(text(255)),
});

/** Body of `POST /v1/events/batch`. */
export const batch = z.object({ events: z.array(published).check(z.minLength(1), z.maxLength(100)) });

export interface PublishPorts extends AcceptPorts {
  getSource(environment: string, id: string): Promise<Source | undefined>;
  /** Records that a key was used for a request; false if it was used for another one within its window. */
  useKey(name: string, fingerprint: string): Promise<boolean>;
}

type Published = z.output<typeof published>;

/** `POST /v1/events`: one event. */
export async function publishOne(ports: PublishPorts, request: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const principal = requireEnvironment(caller);
  const { text, value } = parseJson(request.body);
  const parsed = validate(published, value);
  await checkSources(ports, principal, [parsed], () => 'source_id');
  const [event] = await acceptAll(ports, request, principal, text, [{ parsed, path: ['payload'] }]);
  return { status: 202, body: { event: event && describe(event) } };
}

/** `POST /v1/events/batch`: up to 100 events, all of them checked before the first is accepted. */
export async function publishBatch(ports: PublishPorts, request: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const principal = requireEnvironment(caller);
  const { text, value } = parseJson(request.body);
  const { events } = validate(batch, value);
  refuseRepeatedIds(events);
  await checkSources(ports, principal, events, (index) => `events[${index}].source_id`);
  const items = events.map((parsed, index) => ({ parsed, path: ['events', index, 'payload'] }));
  const stored = await acceptAll(ports, request, principal, text, items);
  return { status: 202, body: { events: stored.map(describe) } };
}

interface Item {
  readonly parsed: Published;
  readonly path: (string | number)[];
}

async function acceptAll(
  ports: PublishPorts,
  request: ApiRequest,
  principal: EnvironmentPrincipal,
  text: string,
  items: readonly Item[],
): Promise<StoredEvent[]> {
  const tree = readTree(text);
  const value = idempotencyKey(request);
  const key = value === undefined ? undefined : { value, fingerprint: requestFingerprint(text) };
  const prepared = items.map(({ parsed, path }, index) => {
    const incoming = toEvent(parsed, principal, text, tree, path);
    return { incoming, repeatable: repeatable(key, parsed, incoming, index) };
  });
  if (key && prepared.every(({ repeatable }) => repeatable?.kind === 'id')) {
    const used = await ports.useKey(publishName(principal.environment, 'key', key.value, 0), key.fingerprint);
    if (!used) throw new ApiError('CONFLICT', conflictMessage('key'));
  }
  return acceptInOrder(ports, prepared);
}

interface Prepared {
  readonly incoming: IncomingEvent;
  readonly repeatable: Repeatable | undefined;
}

/**
 * Accepts the events concurrently, after the one that carries the request's key: a key that was used for another
 * request is detected before anything of this one is stored.
 */
async function acceptInOrder(ports: PublishPorts, prepared: readonly Prepared[]): Promise<StoredEvent[]> {
  const take = ({ incoming, repeatable }: Prepared) => accept(ports, incoming, repeatable);
  const leader = prepared.find(({ repeatable }) => repeatable?.kind === 'key');
  const led = leader && (await take(leader));
  return Promise.all(prepared.map((one) => (led && one === leader ? led : take(one))));
}

function idempotencyKey({ headers }: ApiRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (key.length < 1 || key.length > 255) throw invalid('Idempotency-Key', 'must have 1 to 255 characters');
  // API Gateway joins headers that are given twice.
  if (key.includes(',')) throw invalid('Idempotency-Key', 'must be given once, and have no comma in it');
  return key;
}

/** An event's own id outlives the request's key, so it takes precedence. */
function repeatable(
  key: { readonly value: string; readonly fingerprint: string } | undefined,
  event: Published,
  { body }: IncomingEvent,
  index: number,
): Repeatable | undefined {
  if (event.id) {
    // The payload as it was written: numbers that differ only beyond JavaScript's precision are different content.
    const content = [event.type, event.source_id ?? null, Buffer.from(body).toString('utf8')];
    return { kind: 'id', value: event.id, index: 0, fingerprint: requestFingerprint(JSON.stringify(content)) };
  }
  return key && { kind: 'key', ...key, index };
}

function toEvent(
  event: Published,
  { organization, environment }: EnvironmentPrincipal,
  text: string,
  tree: Node,
  path: (string | number)[],
): IncomingEvent {
  const payload = rawText(text, tree, path);
  if (payload === undefined) throw new ApiError('VALIDATION_ERROR', `${path.join('.')}: is required`);
  return {
    organization,
    environment,
    source: event.source_id,
    type: event.type,
    contentType: 'application/json',
    body: Buffer.from(payload, 'utf8'),
    externalId: event.id,
  };
}

function refuseRepeatedIds(events: readonly Published[]): void {
  const seen = new Set<string>();
  for (const [index, { id }] of events.entries()) {
    if (id && seen.has(id)) throw invalid(`events[${index}].id`, 'is given twice in this batch');
    if (id) seen.add(id);
  }
}

async function checkSources(
  ports: PublishPorts,
  { environment }: EnvironmentPrincipal,
  events: readonly Published[],
  field: (index: number) => string,
): Promise<void> {
  const ids = new Set(events.map((event) => event.source_id).filter((id) => id !== undefined));
  for (const id of ids) {
    const source = await ports.getSource(environment, id);
    const index = events.findIndex((event) => event.source_id === id);
    if (!source) throw invalid(field(index), 'names no source of this environment');
  }
}

function describe(event: StoredEvent) {
  return {
    id: eventId(event.base),
    type: event.type ?? null,
    source_id: event.source ?? null,
    external_id: event.externalId ?? null,
    status: 'pending',
    payload_size: event.body.byteLength,
    created_at: event.createdAt,
  };
}
