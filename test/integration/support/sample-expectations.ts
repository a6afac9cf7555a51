import { expect } from 'vitest';
import { z } from 'zod';
import type { Placeholder } from '../../../local/samples/placeholders';
import type { World } from './world';

/** What a sample event left behind. */
interface Outcome {
  /** What the function returned. */
  readonly result: unknown;
  readonly values: Readonly<Record<Placeholder, string>>;
  readonly world: World;
}

type Expectation = (outcome: Outcome) => Promise<void> | void;

const httpResult = z.object({ statusCode: z.number(), body: z.string() });

/** Expects an answer with this status and at least these members. */
const answers =
  (status: number, body: (values: Outcome['values']) => object): Expectation =>
  ({ result, values }) => {
    const { statusCode, body: text } = httpResult.parse(result);
    expect({ statusCode, body: JSON.parse(text) }).toMatchObject({ statusCode: status, body: body(values) });
  };

const all =
  (...expectations: readonly Expectation[]): Expectation =>
  async (outcome) => {
    for (const expectation of expectations) await expectation(outcome);
  };

const storesEvents =
  (...bodies: readonly string[]): Expectation =>
  async ({ result, world }) => {
    const ids = httpResult.parse(result).body.match(/evt_[0-9a-f]{32}/g) ?? [];
    const items = await Promise.all(ids.map((id) => world.table.family(id)));
    expect(items.flat().map(({ body }) => Buffer.from(body as Uint8Array).toString())).toEqual(bodies);
  };

const enqueues =
  (placeholder: Placeholder, attempt: number): Expectation =>
  async ({ values, world }) => {
    const waiting: unknown = JSON.parse(await world.queues.waiting(`dlv_${baseOf(values[placeholder])}00000000`));
    expect(waiting).toMatchObject({ attempt, destination: values.DESTINATION_ID, environment: values.ENVIRONMENT_ID });
  };

const baseOf = (text: string): string => (text.includes('_') ? text.slice(4, 28) : text);

const reaches =
  (placeholder: Placeholder, item: object): Expectation =>
  async ({ values, world }) => {
    expect(await world.table.delivery(values[placeholder])).toMatchObject(item);
  };

const returns =
  (expected: object): Expectation =>
  ({ result }) => {
    expect(result).toEqual(expected);
  };

const nothingFailed = returns({ batchItemFailures: [] });

const ids = (...list: readonly string[]) => list.map((id) => expect.objectContaining({ id }));

/** What each sample event has to bring about, by the name of its file. */
export const EXPECTATIONS: Readonly<Record<string, Expectation>> = {
  'ingest-publish.json': all(
    answers(202, (values) => ({ event: { type: 'order.created', source_id: values.SOURCE_ID } })),
    storesEvents('{"order": 42, "total": "19.90"}'),
  ),
  'ingest-batch.json': all(
    answers(202, () => ({ events: [{ type: 'order.created' }, { type: 'order.paid' }] })),
    storesEvents('{"order": 43}', '{"order": 43, "method": "card"}'),
  ),
  'ingest-source.json': all(
    answers(202, () => ({ event_id: expect.stringMatching(/^evt_[0-9a-f]{32}$/) })),
    storesEvents('payload=%7B%22action%22%3A%22opened%22%2C%22issue%22%3A%7B%22number%22%3A7%7D%7D'),
  ),

  'route-event-inserted.json': all(nothingFailed, enqueues('NEW_EVENT_BASE', 1), async ({ values, world }) => {
    const items = await world.table.family(`evt_${values.NEW_EVENT_BASE}00000000`);
    expect(items).toMatchObject([{ sk: 'DLV#0001', status: 'pending', con: values.CONNECTION_ID, made: 0 }]);
  }),
  'route-delivery-pending.json': all(nothingFailed, enqueues('PENDING_ID', 2)),

  'deliver.json': all(nothingFailed, reaches('PENDING_ID', { status: 'delivered', made: 2, roundStart: 1 })),

  'api-health.json': answers(200, () => ({})),
  'api-list-events.json': answers(200, ({ EVENT_ID }) => ({ events: ids(EVENT_ID), pagination: { total: 1 } })),
  'api-get-event.json': answers(200, ({ EVENT_ID }) => ({
    event: { id: EVENT_ID, status: 'pending', payload: '{"order": 42, "total": "19.90"}' },
  })),
  'api-list-deliveries.json': answers(200, ({ FAILED_ID }) => ({ data: ids(FAILED_ID), pagination: { total: 1 } })),
  'api-get-delivery.json': answers(200, ({ DELIVERED_ID }) => ({
    ...{ id: DELIVERED_ID, status: 'delivered', attemptCount: 2 },
    attempts: [{ statusCode: 503 }, { statusCode: 200 }],
  })),
  'api-retry.json': all(
    answers(200, ({ FAILED_ID }) => ({ deliveryId: FAILED_ID, status: 'pending' })),
    reaches('FAILED_ID', { status: 'pending', cause: 'manual', made: 1, roundStart: 1 }),
  ),
  'api-unknown-path.json': answers(404, () => ({ code: 'RESOURCE_NOT_FOUND' })),

  'manage-create-source.json': answers(201, () => ({ source: { name: 'GitHub', slug: 'github', status: 'active' } })),
  'manage-list-sources.json': answers(200, ({ SOURCE_ID }) => ({ sources: ids(SOURCE_ID) })),
  'manage-get-source.json': answers(200, ({ SOURCE_ID }) => ({ source: { id: SOURCE_ID, name: 'Shop' } })),
  'manage-create-destination.json': answers(201, () => ({
    destination: { name: 'Billing', auth_type: 'bearer_token', signing_secret: expect.stringMatching(/^whsec_/) },
  })),
  'manage-list-destinations.json': answers(200, ({ DESTINATION_ID }) => ({ destinations: ids(DESTINATION_ID) })),
  'manage-get-destination.json': answers(200, (values) => ({ destination: { id: values.DESTINATION_ID } })),
  'manage-pause-destination.json': answers(200, () => ({ destination: { status: 'paused' } })),
  'manage-resume-destination.json': answers(200, () => ({ destination: { status: 'active' } })),
  'manage-create-connection.json': answers(201, ({ SOURCE_ID, DESTINATION_ID }) => ({
    connection: { source_id: SOURCE_ID, destination_id: DESTINATION_ID, destination_name: 'Warehouse' },
  })),
  'manage-list-connections.json': answers(200, ({ CONNECTION_ID }) => ({ connections: ids(CONNECTION_ID) })),
  'manage-get-connection.json': answers(200, ({ CONNECTION_ID }) => ({ connection: { id: CONNECTION_ID } })),

  'sweep.json': ({ result }) => expect(result).toMatchObject({ resumed: 0, deadLetters: { repaired: 0, foreign: 0 } }),
};
