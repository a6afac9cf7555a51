import { expect } from 'vitest';
import { lifetimeKey } from '../../../lambdas/statistics/buckets';
import { deliveryKey } from '../../../lambdas/store/table/addresses';
import { API_EXPECTATIONS } from './sample-api-expectations';
import {
  all,
  answers,
  counts,
  type Expectation,
  enqueues,
  nothingFailed,
  reaches,
  storesEvents,
  writes,
} from './sample-effects';
import { MANAGE_EXPECTATIONS } from './sample-manage-expectations';

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

  'route-event-retried.json': all(
    nothingFailed,
    enqueues('NEW_EVENT_BASE', 1),
    writes(({ NEW_EVENT_BASE }) => deliveryKey(NEW_EVENT_BASE, 1), { status: 'pending', cause: 'auto', made: 0 }),
  ),
  'route-delivery-repeated.json': all(nothingFailed, enqueues('EVENT_ID', 1)),

  // What the sample event and its deliveries count as is there already.
  'aggregate-event-accepted.json': all(counts({ n_events: 2 }), async ({ values, world }) => {
    const item = await world.table.get(lifetimeKey({ environment: values.ENVIRONMENT_ID }));
    expect(item?.[values.SOURCE_ID]).toBe(2);
  }),
  'aggregate-delivery-changed.json': all(
    counts({ n_open: 0, n_delivered: 2, n_failed: 1 }),
    writes(({ DESTINATION_ID }) => lifetimeKey({ destination: DESTINATION_ID }), { n_open: 0, n_delivered: 2 }),
  ),
  'aggregate-delivery-sent-again.json': counts({ n_retrying: -1, n_open: 2 }),
  'aggregate-dead-letter.json': all(
    counts({ n_dead: 2 }),
    writes(({ DESTINATION_ID }) => lifetimeKey({ destination: DESTINATION_ID }), { n_dead: 2 }),
  ),
  'aggregate-item-expired.json': counts({ n_events: 0 }),

  'deliver.json': all(nothingFailed, reaches('PENDING_ID', { status: 'delivered', made: 2, roundStart: 1 })),

  ...API_EXPECTATIONS,

  ...MANAGE_EXPECTATIONS,

  'sweep.json': ({ result }) => expect(result).toMatchObject({ resumed: 0, deadLetters: { repaired: 0, foreign: 0 } }),
};
