import * as z from 'zod/mini';
import type { DeliveryStatus } from '../../domain/delivery';
import type { Delivery } from '../../operations/answers';
import { listQueryWith } from '../hookbase/query';
import { type DestinationNames, writeDelivery as writeAsHookbase } from '../hookbase/wire';

/** The four words of this surface, each with the statuses that it stands for. */
export const STATUS_WORDS = {
  pending: ['pending', 'sent'],
  delivered: ['delivered'],
  failed: ['failed', 'schema_failed', 'partial'],
  retrying: ['retrying', 'circuit_open'],
} as const satisfies Record<string, readonly DeliveryStatus[]>;

export type StatusWord = keyof typeof STATUS_WORDS;

const WORDS = Object.keys(STATUS_WORDS) as StatusWord[];

const WORD_OF = Object.fromEntries(
  WORDS.flatMap((word) => STATUS_WORDS[word].map((status) => [status, word])),
) as Record<DeliveryStatus, StatusWord>;

/** This surface's word for a status. */
export const wordOf = (status: DeliveryStatus): StatusWord => WORD_OF[status];

/** Parses a word into the statuses that it stands for. */
export const statusesOfWord = z.pipe(
  z.enum(WORDS),
  z.transform((word): readonly DeliveryStatus[] => STATUS_WORDS[word]),
);

/** Parameters of the list of deliveries. */
export const listQuery = listQueryWith(statusesOfWord);

/** A delivery: the members of the Hookbase surface, with this surface's words for the status. */
export function writeDelivery(delivery: Delivery, destination: DestinationNames | undefined) {
  return { ...writeAsHookbase(delivery, destination), status: wordOf(delivery.status) as string };
}
