import { cached } from '../cache';
import { defaultLimits, readEnvironment } from '../environment';
import { createAuthenticate } from '../http/authentication';
import { createHttpHandler } from '../http/endpoint';
import { findSource, getSource } from '../store/configuration';
import { putEvent } from '../store/events';
import { openTable } from '../store/table';
import { ingestSource } from './ingest-source';
import { publishBatch, publishOne } from './publish';

/** A change of a source is seen by every warm instance after this long. */
const SOURCE_TTL_MS = 10_000;

const environment = readEnvironment('ingest');
const table = openTable(environment.TABLE_NAME);
const settings = { shards: environment.TIMELINE_SHARDS, retentionDays: environment.RETENTION_DAYS };

const ports = {
  put: (event: Parameters<typeof putEvent>[1]) => putEvent(table, event, settings),
  now: Date.now,
  getSource: (owner: string, id: string) => getSource(table, owner, id),
  findSource: cached((id) => findSource(table, id), { ttlMs: SOURCE_TTL_MS, now: Date.now }),
};

/** HTTP: publish, batch publish and source ingest. One conditional write for each event, then 202. */
export const handler = createHttpHandler(
  'ingest',
  {
    'POST /v1/events': { scope: 'write', handle: (request, caller) => publishOne(ports, request, caller) },
    'POST /v1/events/batch': { scope: 'write', handle: (request, caller) => publishBatch(ports, request, caller) },
    'POST /v1/ingest/{sourceId}': { public: true, handle: (request) => ingestSource(ports, request) },
  },
  createAuthenticate(table, Date.now, defaultLimits(environment)),
);
