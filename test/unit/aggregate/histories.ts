import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import * as fc from 'fast-check';
import { TRANSITIONS, type Transition } from '../../../lambdas/domain/delivery';
import { deadLetterKey, deliveryKey, eventKey } from '../../../lambdas/store/table/addresses';

/** Midnight of some day; histories begin within the hours after it. */
export const START = Date.parse('2026-03-10T00:00:00Z');

/** One step in the life of a delivery: a transition, or its removal; with the latency of the attempt it records. */
export interface Step {
  readonly transition: Transition | 'remove';
  readonly latencyMs: number;
}

export interface History {
  readonly event: number;
  readonly environment: string;
  readonly destination: string;
  readonly source: string | undefined;
  readonly createdAt: number;
  readonly steps: readonly Step[];
}

type Image = Record<string, unknown>;

const TRANSITION_NAMES = Object.keys(TRANSITIONS) as Transition[];

const latency = fc.oneof(
  fc.constantFrom(0, 1, 2, 49, 50, 51),
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 0, max: 30_000 }),
);

const step = fc.record({
  transition: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...TRANSITION_NAMES) },
    { weight: 1, arbitrary: fc.constant('remove' as const) },
  ),
  latencyMs: latency,
});

/** Lives of deliveries; of the steps those are taken that the state of the delivery allows. */
export const histories = (deliveries: { readonly minLength: number; readonly maxLength: number }) =>
  fc
    .array(
      fc.record({
        environment: fc.constantFrom('env_a', 'env_b'),
        destination: fc.constantFrom('1', '2', '3'),
        source: fc.constantFrom('src_1', 'src_2', undefined),
        createdAt: fc.integer({ min: START, max: START + 3 * 3_600_000 }),
        steps: fc.array(step, { maxLength: 14, size: 'max' }),
      }),
      // Without it most runs have a handful of deliveries, and many are the point.
      { ...deliveries, size: 'max' },
    )
    .map((all): History[] =>
      all.map((one, event) => ({ ...one, event, destination: `dst_${one.environment}_${one.destination}` })),
    );

/** The stream records of a history, and the item that is left at its end. */
export function play(history: History): { readonly records: DynamoDBRecord[]; readonly left: Image | undefined } {
  const base = history.event.toString(16).padStart(24, '0');
  const key = deliveryKey(base, 1);
  const createdAt = new Date(history.createdAt).toISOString();
  const owner = { env: history.environment, src: history.source, createdAt };
  let image: Image | undefined = {
    ...{ ...key, ...owner, dst: history.destination, con: `con_${history.destination}`, maxAttempts: 5 },
    ...{ status: 'pending', made: 0, updatedAt: history.createdAt },
  };
  const records = [recordOf(undefined, { ...eventKey(base), ...owner }), recordOf(undefined, image)];
  for (const one of history.steps) {
    const before: Image = image;
    if (one.transition !== 'remove' && !isAllowed(one.transition, before)) continue;
    const after: Image | undefined = one.transition === 'remove' ? undefined : changed(before, one.transition, one);
    records.push(recordOf(before, after), ...deadLetters(base, before, after));
    image = after;
    if (!image) break;
  }
  return { records: records.filter(passesFilters), left: image };
}

const isAllowed = (transition: Transition, image: Image): boolean =>
  (TRANSITIONS[transition].from as readonly unknown[]).includes(image.status);

const RECORDING: readonly Transition[] = ['deliver', 'reschedule', 'exhaust', 'exhaustPartly'];

function changed(before: Image, transition: Transition, { latencyMs }: Step): Image {
  const status = TRANSITIONS[transition].to;
  if (!RECORDING.includes(transition)) return { ...before, status };
  const made = Number(before.made) + 1;
  const deliveredAt = status === 'delivered' ? Number(before.updatedAt) + made * 1000 : before.deliveredAt;
  return { ...before, status, made, [made === 1 ? 'first' : 'last']: { latencyMs }, deliveredAt };
}

const DEAD: readonly unknown[] = ['failed', 'partial'];

function deadLetters(base: string, before: Image, after: Image | undefined): DynamoDBRecord[] {
  const { env, dst, made } = after ?? before;
  const letter = { ...deadLetterKey(base, 1, Number(made)), env, dst, failedAt: new Date(START).toISOString() };
  if (DEAD.includes(after?.status) && !DEAD.includes(before.status)) return [recordOf(undefined, letter)];
  return DEAD.includes(before.status) && !DEAD.includes(after?.status) ? [recordOf(letter, undefined)] : [];
}

let sequence = 0;

/** A stream record as a function gets it. */
export function recordOf(before: Image | undefined, after: Image | undefined): DynamoDBRecord {
  sequence += 1;
  const { pk, sk } = after ?? before ?? {};
  return {
    eventID: `event-${sequence}`,
    eventName: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
    dynamodb: {
      SequenceNumber: String(sequence).padStart(21, '0'),
      Keys: imageOf({ pk, sk }),
      ...(before && { OldImage: imageOf(before) }),
      ...(after && { NewImage: imageOf(after) }),
    },
  };
}

type StreamImage = NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['Keys']>;

const imageOf = (image: Image): StreamImage =>
  marshall(image, { removeUndefinedValues: true }) as Record<string, AttributeValue> as StreamImage;

/** What the mapping's filters let through, said in code; a test compares the two. */
export function passesFilters({ eventName, dynamodb }: DynamoDBRecord): boolean {
  const [before, after] = [dynamodb?.OldImage?.status?.S, dynamodb?.NewImage?.status?.S];
  if (eventName === 'REMOVE' || after === undefined) return true;
  return after !== 'sent' || !['pending', 'sent'].includes(String(before));
}
