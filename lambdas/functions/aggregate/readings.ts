import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { DELIVERY_STATUSES } from '../../domain/delivery';
import { once } from '../../runtime/once';
import { type Key, readDeliveryKey } from '../../store/table/addresses';
import { expandDelivery, expandEvent } from '../../store/table/compact-items';
import { readable, readStreamImage, type StreamImage } from '../../store/table/stream-records';

const time = once(() => z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text)), 'is no time')));
const latency = once(() =>
  z.optional(z.object({ latencyMs: z.number().check(z.nonnegative()), errorCode: z.optional(z.string()) })),
);

const delivery = once(() =>
  z.object({
    env: z.string(),
    dst: z.string(),
    con: z.string(),
    status: z.enum(DELIVERY_STATUSES),
    createdAt: time(),
    receivedAt: z.optional(time()),
    deliveredAt: z.optional(z.number()),
    first: latency(),
    last: latency(),
  }),
);
const event = once(() => z.object({ env: z.string(), src: z.optional(z.string()), createdAt: time() }));
const deadLetter = once(() => z.object({ env: z.string(), dst: z.string() }));
const key = z.object({ pk: z.string(), sk: z.string() });

/** What is counted of a delivery. It is read from a single image, so changes can be applied in any order. */
export type Standing = z.output<ReturnType<typeof delivery>>;

/** The latency that lists show: that of the latest attempt, in milliseconds. Undefined if a schema refused it. */
export function latencyOf({ first, last }: Pick<Standing, 'first' | 'last'>): number | undefined {
  const latest = last ?? first;
  return latest?.errorCode === 'schema_invalid' ? undefined : latest?.latencyMs;
}

/** What a stream record means for the counters. */
export type Reading =
  | {
      readonly kind: 'delivery';
      /** Its place among the deliveries of its event, from 1. */
      readonly ordinal: number;
      readonly before: Standing | undefined;
      readonly after: Standing | undefined;
    }
  | { readonly kind: 'event'; readonly change: 1 | -1; readonly event: z.output<ReturnType<typeof event>> }
  | {
      readonly kind: 'dead letter';
      readonly change: 1 | -1;
      readonly deadLetter: z.output<ReturnType<typeof deadLetter>>;
    }
  | { readonly kind: 'nothing' };

const NOTHING: Reading = { kind: 'nothing' };

/**
 * Reads a stream record.
 *
 * @throws UnreadableRecordError if its content is invalid
 */
export function readReading(record: DynamoDBRecord): Reading {
  const { Keys, OldImage, NewImage } = record.dynamodb ?? {};
  return readable(() => readChange(key.parse(imageOf(Keys)), imageOf(OldImage), imageOf(NewImage)));
}

/**
 * Reads what the change of an item means.
 *
 * @param before undefined if the item was made
 * @param after undefined if it was removed
 * @throws Error if one of them is invalid
 */
export function readChange({ pk, sk }: Key, before: Image | undefined, after: Image | undefined): Reading {
  const place = readDeliveryKey({ pk, sk });
  if (place) return readDelivery(place.ordinal, before, after);
  if (before && after) return NOTHING;
  const change = after ? 1 : -1;
  if (sk === 'EVT') return { kind: 'event', change, event: event().parse(expandEvent(after ?? before)) };
  if (/#DLQ#/.test(sk)) return { kind: 'dead letter', change, deadLetter: deadLetter().parse(after ?? before) };
  return NOTHING;
}

type Image = Readonly<Record<string, unknown>>;

const imageOf = (image: unknown): Image | undefined =>
  image === undefined ? undefined : readStreamImage(image as StreamImage);

function readDelivery(ordinal: number, before: unknown, after: unknown): Reading {
  if (!before && !after) throw new TypeError('A delivery changed, but the record has no image of it.');
  return {
    kind: 'delivery',
    ordinal,
    before: before === undefined ? undefined : delivery().parse(expandDelivery(before)),
    after: after === undefined ? undefined : delivery().parse(expandDelivery(after)),
  };
}
