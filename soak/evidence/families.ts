import { createHash } from 'node:crypto';
import * as z from 'zod';
import { DELIVERY_STATUSES, TRIGGERS } from '../../lambdas/domain/delivery';
import { deadLetterId, deliveryId } from '../../lambdas/domain/identifiers';
import { type AttemptDetail, unpackDetail } from '../../lambdas/store/deliveries/attempt-detail';
import { parseEvent } from '../../lambdas/store/events/events';
import { readFamilyKey } from '../../lambdas/store/table/addresses';
import type { Change, Item } from './changes';

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

const attempt = z.object({
  number: z.number(),
  startedAt: z.number(),
  latencyMs: z.number(),
  statusCode: z.number().optional(),
  errorCode: z.string().optional(),
  detail: bytes.optional(),
});

const image = z
  .object({
    status: z.enum(DELIVERY_STATUSES),
    cause: z.enum(TRIGGERS),
    made: z.number(),
    roundStart: z.number(),
    con: z.string(),
    /** `DST#<id>#DLV`; the id stands nowhere else. */
    dstPk: z.string(),
    claimId: z.string().optional(),
    claimUntil: z.number().optional(),
    deathToken: z.string().optional(),
    recovery: z.string().optional(),
    updatedAt: z.number(),
    first: attempt.optional(),
  })
  .transform(({ dstPk, ...rest }) => ({ ...rest, dst: dstPk.split('#')[1] ?? '' }));

/** A delivery at one moment, read without the code that wrote it. */
export type DeliveryImage = z.output<typeof image>;

/** One step in the life of a delivery. */
export interface Step {
  readonly index: number;
  readonly before: DeliveryImage | undefined;
  readonly after: DeliveryImage | undefined;
}

/** An attempt that was recorded. */
export interface RecordedAttempt extends Omit<z.output<typeof attempt>, 'detail'> {
  /** With each receiver that a request was sent to, or may have been. */
  readonly exchanges: readonly Exchange[];
}

/** What is recorded of an attempt at one receiver. */
export interface Exchange {
  /** The receiver's name, as its URL says. */
  readonly receiver: string;
  readonly accepted: boolean;
  /** Number of the receiver's answer, when there was an answer. Of several targets only the shown one's is recorded. */
  readonly receipt: string | undefined;
}

/** Everything that happened to one delivery. */
export interface DeliveryStory {
  readonly id: string;
  readonly base: string;
  readonly ordinal: number;
  readonly steps: Step[];
  /** Changes of the items of its later attempts and of its dead letters. */
  readonly attemptChanges: Change[];
  readonly letterChanges: Change[];
}

/** An event with all that came of it. */
export interface Family {
  readonly base: string;
  /** SHA-256 of the body and the content type, by which it is told what was published. */
  readonly fingerprint: string;
  readonly deliveries: readonly DeliveryStory[];
  readonly changes: readonly Change[];
}

/** Tells a payload from all others. */
export const fingerprintOf = (contentType: string, body: Uint8Array): string =>
  createHash('sha256').update(`${contentType}\n`).update(body).digest('hex');

/** Sorts the changes of a table by event and delivery. */
export function familiesOf(changes: readonly Change[]): Family[] {
  const byBase = new Map<string, Change[]>();
  for (const change of changes.filter(({ pk }) => pk.startsWith('EVT#'))) {
    const base = change.pk.slice('EVT#'.length);
    byBase.set(base, [...(byBase.get(base) ?? []), change]);
  }
  return [...byBase].map(([base, own]) => familyOf(base, own));
}

function familyOf(base: string, changes: readonly Change[]): Family {
  const stories = new Map<number, DeliveryStory>();
  for (const change of changes) {
    const key = readFamilyKey(change);
    if (key === undefined) continue;
    const { ordinal } = key;
    const fresh = { base, ordinal, id: deliveryId(base, ordinal), steps: [], attemptChanges: [], letterChanges: [] };
    const story = stories.get(ordinal) ?? fresh;
    stories.set(ordinal, story);
    if (key.kind === 'DLV') story.steps.push(stepOf(change));
    else (key.kind === 'ATT' ? story.attemptChanges : story.letterChanges).push(change);
  }
  const event = changes.find(({ sk, before }) => sk === 'EVT' && before === undefined)?.after;
  return {
    base,
    fingerprint: event === undefined ? '' : fingerprintOfEvent(event),
    deliveries: [...stories.values()],
    changes,
  };
}

function fingerprintOfEvent(item: Item): string {
  const { contentType, body } = parseEvent(item);
  return fingerprintOf(contentType, body);
}

const stepOf = ({ index, before, after }: Change): Step => ({
  index,
  before: before && image.parse(before),
  after: after && image.parse(after),
});

/** How a delivery stands in the end. */
export const lastImage = ({ steps }: DeliveryStory): DeliveryImage | undefined => steps.at(-1)?.after;

/** Its attempts in the order of their numbers, as they were recorded. */
export function recordedAttempts({ steps, attemptChanges }: DeliveryStory): RecordedAttempt[] {
  const first = steps.map(({ after }) => after?.first).find((one) => one !== undefined);
  const later = attemptChanges.flatMap(({ before, after }) =>
    before === undefined && after ? [attempt.parse(after)] : [],
  );
  return [...(first ? [first] : []), ...later].map(({ detail, ...rest }) => ({
    ...rest,
    exchanges: detail === undefined ? [] : exchangesOf(unpackDetail(detail), rest.errorCode),
  }));
}

function exchangesOf({ requestUrl, responseHeaders, targets }: AttemptDetail, errorCode: string | undefined) {
  const all = targets ?? [{ url: requestUrl, errorCode }];
  return all.map(
    (one): Exchange => ({
      receiver: new URL(one.url).pathname.split('/')[1] ?? '',
      accepted: one.errorCode === undefined,
      receipt: one.url === requestUrl ? responseHeaders['x-soak-receipt'] : undefined,
    }),
  );
}

/** Identifiers of the dead letters of a delivery that are open in the end, and of those that were closed. */
export function lettersOf({ base, ordinal, letterChanges }: DeliveryStory): { open: string[]; closed: string[] } {
  const standing = new Map(letterChanges.map((change) => [change.sk, change.after !== undefined]));
  const ids = [...standing].map(([sk, isOpen]) => {
    return { isOpen, id: deadLetterId(base, ordinal, Number.parseInt(sk.slice(-4), 16)) };
  });
  const wanted = (open: boolean) => ids.filter(({ isOpen }) => isOpen === open).map(({ id }) => id);
  return { open: wanted(true), closed: wanted(false) };
}
