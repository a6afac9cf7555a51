import { createAuthenticate } from '../../http/authentication';
import { createHttpHandler } from '../../http/endpoint';
import { cached } from '../../runtime/cache';
import { defaultLimits, readEnvironment } from '../../runtime/environment';
import { findSource, getSource } from '../../store/configuration/sources';
import { getEvent, putEvent, type StoredEvent } from '../../store/events/events';
import { useKey } from '../../store/events/key-uses';
import { forgetEvent, putLatestEvent } from '../../store/events/latest-events';
import { openTable } from '../../store/table/table';

/** How long a warm instance may use an old copy of a source. */
const SOURCE_TTL_MS = 10_000;

const environment = readEnvironment('ingest');
const table = openTable(environment.TABLE_NAME);
const settings = { shards: environment.TIMELINE_SHARDS, retentionDays: environment.RETENTION_DAYS };

const ports = {
  put: (event: StoredEvent) => putEvent(table, event, settings),
  putLatest: (event: StoredEvent, first: StoredEvent, windowMs: number) =>
    putLatestEvent(table, event, first, windowMs, settings),
  forget: (event: StoredEvent) => forgetEvent(table, event),
  get: (base: string) => getEvent(table, base),
  useKey: (name: string, fingerprint: string) => useKey(table, name, fingerprint, Date.now()),
  now: Date.now,
  getSource: (owner: string, id: string) => getSource(table, owner, id),
  findSource: cached((id) => findSource(table, id), { ttlMs: SOURCE_TTL_MS, now: Date.now }),
};

/** HTTP: publish, batch publish and source ingest. One conditional write for each event, then 202. */
export const handler = createHttpHandler<'ingest'>(
  {
    'POST /v1/events': async (...call) => (await import('./publish')).publishOne(ports, ...call),
    'POST /v1/events/batch': async (...call) => (await import('./publish')).publishBatch(ports, ...call),
    'POST /v1/ingest/{sourceId}': async (...call) => (await import('./ingest-source')).ingestSource(ports, ...call),
  },
  createAuthenticate(table, Date.now, defaultLimits(environment)),
);
