import { expect } from 'vitest';
import { z } from 'zod';
import { lifetimeKey } from '../../../lambdas/statistics/buckets';
import { deadLetterKey, deliveryKey, type Key } from '../../../lambdas/store/table/addresses';
import type { Placeholder } from '../../../local/samples/placeholders';
import type { World } from './world';

/** What a sample event left behind. */
export interface Outcome {
  /** What the function returned. */
  readonly result: unknown;
  readonly values: Readonly<Record<Placeholder, string>>;
  readonly world: World;
}

export type Expectation = (outcome: Outcome) => Promise<void> | void;

const httpResult = z.object({
  statusCode: z.number(),
  body: z.string().default('null'),
  cookies: z.array(z.string()).default([]),
});

/** Expects an answer with this status and at least these members; null where it has no body. */
export const answers =
  (status: number, body: (values: Outcome['values']) => object | null): Expectation =>
  ({ result, values }) => {
    const { statusCode, body: text } = httpResult.parse(result);
    expect({ statusCode, body: JSON.parse(text) }).toMatchObject({ statusCode: status, body: body(values) });
  };

/** Expects everything of these. */
export const all =
  (...expectations: readonly Expectation[]): Expectation =>
  async (outcome) => {
    for (const expectation of expectations) await expectation(outcome);
  };

/** Expects that the events of the answer are in the table with these bodies. */
export const storesEvents =
  (...bodies: readonly string[]): Expectation =>
  async ({ result, world }) => {
    const ids = httpResult.parse(result).body.match(/evt_[0-9a-f]{32}/g) ?? [];
    const items = await Promise.all(ids.map((id) => world.table.family(id)));
    expect(items.flat().map(({ body }) => Buffer.from(body as Uint8Array).toString())).toEqual(bodies);
  };

/** Expects a message for this attempt of a delivery; of the event's first one where an event is named. */
export const enqueues =
  (placeholder: Placeholder, attempt: number): Expectation =>
  async ({ values, world }) => {
    const waiting: unknown = JSON.parse(await world.queues.waiting(`dlv_${baseOf(values[placeholder])}00000000`));
    expect(waiting).toMatchObject({ attempt, destination: values.DESTINATION_ID, environment: values.ENVIRONMENT_ID });
  };

const baseOf = (text: string): string => (text.includes('_') ? text.slice(4, 28) : text);

/** Expects a delivery to be like this in the table. */
export const reaches =
  (placeholder: Placeholder, item: object): Expectation =>
  async ({ values, world }) => {
    expect(await world.table.delivery(values[placeholder])).toMatchObject(item);
  };

/** Expects this result of a function that answers no HTTP call. */
const returns =
  (expected: unknown): Expectation =>
  ({ result }) => {
    expect(result).toEqual(expected);
  };

export const nothingFailed = returns({ batchItemFailures: [] });

/** Members of a list, by their ids. */
export const ids = (...list: readonly string[]) => list.map((id) => expect.objectContaining({ id }));

/** Expects an item to be in the table with at least these members. */
export const writes =
  (key: (values: Outcome['values']) => Key, item: object): Expectation =>
  async ({ values, world }) => {
    expect(await world.table.get(key(values))).toMatchObject(item);
  };

/** Expects an item not to be in the table any more. */
export const removes =
  (key: (values: Outcome['values']) => Key): Expectation =>
  async ({ values, world }) => {
    expect(await world.table.get(key(values))).toBeUndefined();
  };

/** Expects a fourth delivery of the event, made for this reason, and the dead letter of the failed one to be closed. */
export const repeats = (cause: 'requeue' | 'replay'): Expectation =>
  all(
    writes(({ EVENT_BASE }) => deliveryKey(EVENT_BASE, 4), { status: 'pending', cause, made: 0 }),
    removes(({ EVENT_BASE }) => deadLetterKey(EVENT_BASE, 2, 1)),
  );

/** Expects these lifetime counts of the environment. */
export const counts = (expected: object): Expectation =>
  writes(({ ENVIRONMENT_ID }) => lifetimeKey({ environment: ENVIRONMENT_ID }), expected);

/** The cookies that an answer sets. */
export const cookiesOf = ({ result }: Outcome): readonly string[] => httpResult.parse(result).cookies;

/** The body of an answer. */
export const bodyOf = ({ result }: Outcome): unknown => JSON.parse(httpResult.parse(result).body);
