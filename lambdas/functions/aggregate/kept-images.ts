import type { DynamoDBRecord } from 'aws-lambda';
import { readStreamImage, type StreamImage } from '../../store/table/stream-records';

/** What counting reads of an item. Nothing here is of a customer's, as long as it is short. */
const COUNTED = ['env', 'dst', 'con', 'src', 'status', 'createdAt', 'receivedAt', 'deliveredAt'];

/** What {@link COUNTED} can be restored from. */
const KEYS = ['tlPk', 'tlSk', 'dstPk'];

/** What counting reads of an attempt. */
const OF_ATTEMPT = ['latencyMs', 'errorCode'];

const MAX_LENGTH = 256;

/** An item's image, cut down to what counting reads. */
export type KeptImage = Readonly<Record<string, unknown>>;

/** The images of a record before and after the change; one that the record lacks is absent. */
export interface KeptImages {
  readonly before?: KeptImage;
  readonly after?: KeptImage;
}

/**
 * What is kept of a record that cannot be read, so that it can be counted later: by a version that can read it, or together with
 * the record of its repair.
 */
export function keptImages({ dynamodb: { OldImage, NewImage } = {} }: DynamoDBRecord): KeptImages {
  return { ...(OldImage && { before: keep(OldImage) }), ...(NewImage && { after: keep(NewImage) }) };
}

function keep(image: unknown): KeptImage {
  const item = readIfPossible(image as StreamImage);
  const attempts = ['first', 'last'].filter((name) => name in item).map((name) => [name, attemptOf(item[name])]);
  return { ...pick(item, [...COUNTED, ...KEYS]), ...Object.fromEntries(attempts) };
}

function readIfPossible(image: StreamImage): Record<string, unknown> {
  try {
    return readStreamImage(image);
  } catch {
    return {};
  }
}

const attemptOf = (value: unknown): KeptImage | null =>
  typeof value === 'object' && value !== null ? pick(value as KeptImage, OF_ATTEMPT) : null;

/** A value of a wrong kind stays wrong: left out, it might make the image readable. */
const pick = (item: KeptImage, names: readonly string[]): KeptImage =>
  Object.fromEntries(
    names.filter((name) => name in item).map((name) => [name, isShort(item[name]) ? item[name] : null]),
  );

const isShort = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && value.length <= MAX_LENGTH);
