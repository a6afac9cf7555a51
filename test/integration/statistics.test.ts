import { SQSClient } from '@aws-sdk/client-sqs';
import { DeleteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { agrees } from '../../bin/verify/comparison';
import { compareBuckets, compareLifetimes } from '../../bin/verify/recount';
import { scanTable } from '../../bin/verify/scan';
import { verify } from '../../bin/verify/verify';
import { bucketsQuery } from '../../lambdas/statistics/items';
import { readStatistics } from '../../lambdas/statistics/read-statistics';
import { STACK_CREDENTIALS } from '../../local/dynamodb/client';
import { REGION } from '../../local/template/template';
import { countDeliveries } from './support/counted';
import { eventually } from './support/eventually';
import type { Behaviour } from './support/receiver';
import { keyOfDelivery } from './support/table';
import type { Tenant } from './support/tenant';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();

const statisticsShape = z.object({
  total: z.number(),
  delivered: z.number(),
  failed: z.number(),
  pending: z.number(),
  successRate: z.number(),
  avgLatency: z.number(),
  p50Latency: z.number(),
  p95Latency: z.number(),
  p99Latency: z.number(),
  period: z.string(),
});

const statistics = (tenant: Tenant, query = 'period=1h') =>
  tenant.api.ok(statisticsShape, 'GET', `/api/deliveries/stats?${query}`);

/** Answers with the status that the payload asks for. */
const asAsked: Behaviour = (response, { body }) =>
  void response.writeHead(JSON.parse(body.toString('utf8')).status).end();

const asking = (status: number) => ({ payload: { status } });

/** Waits until every delivery of a tenant is counted and settled as `settled` says. */
const untilCounted = (tenant: Tenant, settled: { delivered: number; failed: number; pending: number }) =>
  eventually(
    'the statistics to come out',
    async () => {
      const seen = await statistics(tenant);
      expect(seen).toMatchObject(settled);
      return seen;
    },
    60_000,
  );

describe('statistics', () => {
  test('of mixed outcomes equal a recount of the table, and a redrive moves deliveries between them', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver(asAsked)];
    const { destinationId } = await tenant.routeTo(receiver.url);
    const other = await tenant.routeTo(receiver.url, { destination: { name: 'Second' } });
    const events = Array.from({ length: 60 }, (_, index) => asking(index % 6 === 0 ? 500 : 200));
    await tenant.publishBatch(events);
    const first = await untilCounted(tenant, { delivered: 100, failed: 20, pending: 0 });
    expect(first).toMatchObject({ total: 120, successRate: 83.3, period: '1h' });
    expect(first.p99Latency).toBeGreaterThanOrEqual(first.p50Latency);
    for (const id of [destinationId, other.destinationId]) {
      const own = await statistics(tenant, `period=24h&destinationId=${id}`);
      expect(own).toMatchObject({ total: 60, delivered: 50, failed: 10, pending: 0, period: '24h' });
    }
    await eventually('twenty dead messages', async () => (await world().queues.depth('dead')) >= 20, 60_000);
    receiver.behave((response) => void response.writeHead(200).end());
    await world().queues.redrive();
    await untilCounted(tenant, { delivered: 120, failed: 0, pending: 0 });
    await eventually('a recount to agree', async () => {
      const contents = await scanTable(world().table.table);
      const rows = [...compareLifetimes(contents), ...compareBuckets(contents, 'minute', 0)];
      expect(rows.length).toBeGreaterThan(10);
      expect(rows.filter((row) => !agrees(row))).toEqual([]);
      return true;
    });
  }, 180_000);

  test('are the same at the organization by its id or its name, and not found at another one', async () => {
    const tenant = await world().tenant();
    const { organization } = await world().key({ ...tenant.names });
    for (const name of [organization, tenant.names.organization]) {
      const path = `/api/organizations/${name}/deliveries/stats?period=7d`;
      expect(await tenant.api.ok(statisticsShape, 'GET', path)).toEqual(await statistics(tenant, 'period=7d'));
    }
    const foreign = await tenant.api.call('GET', '/api/organizations/other/deliveries/stats');
    expect(foreign).toMatchObject({ status: 404, body: { code: 'RESOURCE_NOT_FOUND' } });
  });

  test('take four periods and name the parameter that is wrong; a foreign destination has none', async () => {
    const [tenant, stranger] = [await world().tenant(), await world().tenant()];
    const { id } = await stranger.createDestination('http://127.0.0.1:9/');
    expect(await statistics(tenant, `destinationId=${id}`)).toMatchObject({ total: 0, period: '24h' });
    const refused = await tenant.api.call('GET', '/api/deliveries/stats?period=2h');
    expect(refused).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR' } });
    expect(JSON.stringify(refused.body)).toContain('period');
  });
});

const overviewShape = z.object({
  events_today: z.number(),
  events_this_week: z.number(),
  active_sources: z.number(),
  active_destinations: z.number(),
  deliveries_today: z.number(),
  success_rate_today: z.number(),
  dlq_count: z.number(),
});
const volumeShape = z.object({
  granularity: z.string(),
  series: z.array(
    z.object({
      bucket: z.string(),
      source_id: z.string(),
      source_name: z.string().nullable(),
      event_count: z.number(),
    }),
  ),
});

describe('metrics', () => {
  test('show what came in by source, and how much of it arrived', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver(asAsked)];
    await tenant.routeTo(receiver.url);
    const source = await tenant.createSource();
    for (const status of [200, 200, 500]) await tenant.publish({ ...asking(status), source_id: source });
    await tenant.publish(asking(200));
    const overview = () => tenant.api.ok(overviewShape, 'GET', '/v1/metrics/overview');
    await eventually('the overview', async () => {
      expect(await overview()).toEqual({
        events_today: 4,
        events_this_week: 4,
        active_sources: 1,
        active_destinations: 1,
        deliveries_today: 4,
        success_rate_today: 75,
        dlq_count: 1,
      });
      return true;
    });
    const { series, granularity } = await tenant.api.ok(volumeShape, 'GET', '/v1/metrics/volume?granularity=day');
    expect(granularity).toBe('day');
    const bucket = `${new Date().toISOString().slice(0, 10)}T00:00:00.000Z`;
    expect(series).toEqual([
      { bucket, source_id: 'none', source_name: null, event_count: 1 },
      { bucket, source_id: source, source_name: 'Shop', event_count: 3 },
    ]);
  });
});

const activityShape = z.object({
  event_count: z.number(),
  last_event_at: z.string().nullish(),
  last_delivery_at: z.string().nullish(),
});

describe('what went through a source, a connection and a destination', () => {
  test('is shown with each of them, alone and in its list', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver(asAsked)];
    const { destinationId, connectionId } = await tenant.routeTo(receiver.url);
    const [source, quiet] = [await tenant.createSource(), await tenant.createSource({ name: 'Quiet' })];
    const published = [];
    for (const status of [200, 500]) published.push(await tenant.publish({ ...asking(status), source_id: source }));
    const arrived = await tenant.reached(published[0] ?? '', 'delivered');
    const show = async (kind: string, id: string) => {
      const one = await tenant.api.ok(z.record(z.string(), activityShape), 'GET', `/v1/${kind}s/${id}`);
      const entries = z.array(z.looseObject({ id: z.string() }));
      const list = await tenant.api.ok(z.looseObject({ [`${kind}s`]: entries }), 'GET', `/v1/${kind}s`);
      expect(entries.parse(list[`${kind}s`]).find((entry) => entry.id === id)).toMatchObject(one[kind] ?? {});
      return one[kind];
    };
    const ofDelivery = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/);
    await eventually('the activity', async () => {
      expect(await show('source', source)).toEqual({ event_count: 2, last_event_at: ofDelivery });
      expect(await show('connection', connectionId)).toEqual({ event_count: 2, last_event_at: ofDelivery });
      expect(await show('destination', destinationId)).toEqual({
        event_count: 2,
        last_delivery_at: arrived.deliveredAt,
      });
      expect(await show('source', quiet)).toEqual({ event_count: 0, last_event_at: null });
      return true;
    });
  });
});

describe('the verification', () => {
  test('finds nothing when all is counted, and finds a counter that is off by one', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    await tenant.routeTo(receiver.url);
    await tenant.publishBatch([asking(200), asking(200)]);
    await untilCounted(tenant, { delivered: 2, failed: 0, pending: 0 });
    const { stack, table } = world();
    const sqs = new SQSClient({ endpoint: stack.endpoints.sqs, region: REGION, credentials: STACK_CREDENTIALS });
    const subject = {
      table: table.table,
      api: { url: stack.apiUrl, key: tenant.key },
      deadLetters: { sqs, url: stack.outputs.DeadLetterQueueUrl ?? '' },
      days: 14,
    };
    const good = await verify({ ...subject, patienceSeconds: 20 }, Date.now);
    expect(good.report).not.toContain('DIFFER');
    expect(good.consistent).toBe(true);
    await table.change({ pk: `STAT#ENV#${tenant.environment}`, sk: 'LIFE' }, { n_delivered: 3 });
    const bad = await verify({ ...subject, patienceSeconds: 0 }, Date.now);
    expect(bad.consistent).toBe(false);
    expect(bad.report).toContain(`STAT#ENV#${tenant.environment} LIFE delivered: table 2, found 3`);
    sqs.destroy();
  });
});

describe('removals', () => {
  test('are taken off the lifetime counts, and stay in the statistics of the period they were made in', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    await tenant.routeTo(receiver.url);
    const { id } = await tenant.reached(await tenant.publish(), 'delivered');
    await untilCounted(tenant, { delivered: 1, failed: 0, pending: 0 });
    const { documents, name } = world().table.table;
    await documents.send(new DeleteCommand({ TableName: name, Key: keyOfDelivery(id) }));
    await eventually('the lifetime count to fall', async () => {
      const life = await world().table.get({ pk: `STAT#ENV#${tenant.environment}`, sk: 'LIFE' });
      return life?.n_delivered === 0;
    });
    expect(await statistics(tenant)).toMatchObject({ total: 1, delivered: 1 });
  });
});

describe('what statistics cost to read', () => {
  test('is the same after a thousand deliveries and after a million', async () => {
    const [now, { table }] = [Date.now(), world().table];
    const consumed = async (environment: string): Promise<number[]> =>
      Promise.all(
        [[1, 'minute'] as const, [30 * 24, 'hour'] as const].map(async ([hours, width]) => {
          const query = bucketsQuery(table.name, { environment }, width, now - hours * 3_600_000, now);
          const answer = await table.documents.send(new QueryCommand({ ...query, ReturnConsumedCapacity: 'TOTAL' }));
          return answer.ConsumedCapacity?.CapacityUnits ?? 0;
        }),
      );
    await countDeliveries(table, 'env_few', 1_000, now);
    await countDeliveries(table, 'env_many', 1_000_000, now);
    expect((await readStatistics(table, { environments: ['env_many'] }, '30d', now)).total).toBe(1_000_000);
    const [few, many] = [await consumed('env_few'), await consumed('env_many')];
    expect(few.every((units) => units > 0)).toBe(true);
    expect(many).toEqual(few);
  });
});
