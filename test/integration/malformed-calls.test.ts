import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { Api } from './support/api';
import { type Documented, OPERATIONS } from './support/documented';
import { type Nonsense, nonsense } from './support/nonsense';
import { answer } from './support/receiver';
import { useWorld } from './support/world';

const world = useWorld();

let api: Api;
/** Identifiers that exist, by the path that they are found under. */
let existing: Readonly<Record<string, string>>;

beforeAll(async () => {
  const tenant = await world().tenant();
  const receiver = await world().receiver(answer(500));
  const { destinationId, connectionId } = await tenant.routeTo(receiver.url);
  const source = await tenant.createSource();
  const event = await tenant.publish();
  const delivery = await tenant.reached(event, 'failed');
  const { secret } = await world().key({ ...tenant.names, rateLimit: { perSecond: 1000, burst: 5000 } });
  api = new Api(tenant.api.url, secret);
  existing = {
    '/v1/sources': source,
    '/v1/ingest': source,
    '/v1/destinations': destinationId,
    '/v1/connections': connectionId,
    '/v1/events': event,
    '/api/deliveries': delivery.id,
    '/api/organizations': tenant.names.organization,
  };
});

/** Operations that take anything that could be malformed. */
const OPEN = OPERATIONS.filter(({ parameters, requestBody }) => parameters.length > 0 || requestBody);

function targetOf({ method, path }: Documented, { segment, query }: Nonsense): string {
  const prefix = Object.keys(existing).find((one) => path.startsWith(one)) ?? '';
  // What the other operations need is not deleted.
  const real = (method !== 'DELETE' && existing[prefix]) || 'none';
  // A dot alone is resolved by the client before it is sent.
  const wild = segment === undefined || /^\.+$/.test(segment) ? real : encodeURIComponent(segment);
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const search = new URLSearchParams(given).toString();
  return `${path.replaceAll(/\{[^}]+\}/g, wild)}${search && `?${search}`}`;
}

describe('whatever is sent', () => {
  test.each(OPEN.map((operation) => [operation.operationId, operation] as const))(
    '%s answers as the document says, refuses what is malformed and never fails',
    async (_, operation) => {
      const holds = async (call: Nonsense) => {
        const found = await api.call(
          operation.method,
          targetOf(operation, call),
          call.body === undefined ? {} : { raw: call.body },
        );
        expect(found.status).toBeLessThan(500);
        if (call.malformed) expect(found.status).toBeGreaterThanOrEqual(400);
      };
      await fc.assert(fc.asyncProperty(nonsense(operation), holds), { numRuns: 15 });
    },
  );
});
