import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { ERROR_CODES } from '../../domain/attempt';
import { type Delivery, parseDelivery } from '../deliveries/delivery-items';
import { type DeadLetterAddress, deadLetterKey, deliveryKey, readFamilyKey } from '../table/addresses';
import { getAll } from '../table/batch-get';
import type { Table } from '../table/table';
import { type Page, readPage, type Window } from './pages';
import { attentionPartitions, destinationPartition } from './partitions';
import type { IndexEntry, TimeRange } from './timeline';

const item = z.object({
  pk: z.string(),
  sk: z.string(),
  /** Identifiers of its organization, environment, connection and destination. */
  org: z.string(),
  env: z.string(),
  con: z.string(),
  dst: z.string(),
  /** Attempts in the round that failed. */
  attemptCount: z.number(),
  errorCode: z.optional(z.enum(ERROR_CODES)),
  errorMessage: z.optional(z.string()),
  /** ISO 8601. */
  failedAt: z.string(),
});

/** Its delivery has run out of attempts. The item exists while the letter is open; closing deletes it. */
export interface DeadLetter
  extends DeadLetterAddress,
    Omit<z.output<typeof item>, 'pk' | 'sk' | 'org' | 'env' | 'con' | 'dst'> {
  readonly organization: string;
  readonly environment: string;
  readonly connection: string;
  readonly destination: string;
}

/** Reads a dead letter from its item. */
function parseDeadLetter(raw: unknown): DeadLetter {
  const { pk, sk, org, env, con, dst, ...rest } = item.parse(raw);
  const key = readFamilyKey({ pk, sk });
  if (key?.kind !== 'DLQ') throw new TypeError(`${sk} is not the sort key of a dead letter.`);
  const { base, ordinal, attempt } = key;
  return { ...rest, base, ordinal, attempt, organization: org, environment: env, connection: con, destination: dst };
}

/** Reads one dead letter, strongly consistent. */
export async function getDeadLetter(
  table: Table,
  base: string,
  delivery: number,
  attempt: number,
): Promise<DeadLetter | undefined> {
  const Key = deadLetterKey(base, delivery, attempt);
  const { Item } = await table.documents.send(new GetCommand({ TableName: table.name, Key, ConsistentRead: true }));
  return Item && parseDeadLetter(Item);
}

/** A dead letter with the delivery that it is about. */
export interface DeadLetterRow {
  readonly letter: DeadLetter;
  readonly delivery: Delivery;
}

/** Which dead letters a list shows; times are those of their deaths. */
export interface DeadLetterFilter extends TimeRange {
  readonly environments: readonly string[];
  readonly destination?: string | undefined;
}

/** Returns how many dead letters are open, or undefined if that count is not kept. */
export type KnownLetters = (counted: Omit<DeadLetterFilter, keyof TimeRange>) => Promise<number | undefined>;

/** Reads a page of open dead letters. */
export async function listDeadLetters(
  table: Table,
  { environments, destination, from, to }: DeadLetterFilter,
  window: Window,
  settings: { readonly shards: number; readonly knownLetters?: KnownLetters | undefined },
): Promise<Page<DeadLetterRow>> {
  const partitions = destination
    ? [destinationPartition(destination, 'DLQ')]
    : attentionPartitions(environments, ['dead'], settings.shards);
  const read = async (entries: readonly IndexEntry[]) => {
    const rows = await readRows(table, entries);
    return rows.filter(({ row }) => environments.includes(row.letter.environment));
  };
  const knownTotal = async () => settings.knownLetters?.({ environments, destination });
  const countable = from === undefined && to === undefined;
  const listing = { partitions, range: { from, to }, read, entriesAreRows: true, ...(countable && { knownTotal }) };
  return readPage(table, listing, window);
}

async function readRows(table: Table, entries: readonly IndexEntry[]) {
  const letters = entries.flatMap((entry) => {
    const address = readFamilyKey(entry);
    return address ? [{ ...entry, about: deliveryKey(address.base, address.ordinal) }] : [];
  });
  const found = await getAll(table, [...letters, ...letters.map(({ about }) => about)]);
  const items = new Map(found.map((one) => [`${one.pk}\n${one.sk}`, one]));
  return letters.flatMap(({ pk, sk, sort, about }) => {
    const [letter, delivery] = [items.get(`${pk}\n${sk}`), items.get(`${about.pk}\n${about.sk}`)];
    return letter && delivery
      ? [{ sort, row: { letter: parseDeadLetter(letter), delivery: parseDelivery(delivery) } }]
      : [];
  });
}
