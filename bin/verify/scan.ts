import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type Delivery, parseDelivery } from '../../lambdas/store/deliveries/delivery-items';
import { readDeliveryKey } from '../../lambdas/store/table/addresses';
import { expandEvent } from '../../lambdas/store/table/compact-items';
import type { Table } from '../../lambdas/store/table/table';

/** Everything in the table that matters for counting. */
export interface Contents {
  readonly deliveries: readonly Delivery[];
  /** Environments of the events. */
  readonly events: readonly { readonly environment: string }[];
  readonly deadLetters: readonly DeadLetter[];
  /** Items that hold counts, by `pk sk`. */
  readonly counters: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** An open dead letter. */
export interface DeadLetter {
  readonly base: string;
  readonly ordinal: number;
  readonly environment: string;
  readonly destination: string;
  /** ISO 8601. */
  readonly failedAt: string;
}

const implied = z.object({ env: z.string() });

/** Reads the whole table. */
export async function scanTable(table: Table): Promise<Contents> {
  const deliveries: Delivery[] = [];
  const events: { environment: string }[] = [];
  const deadLetters: DeadLetter[] = [];
  const counters = new Map<string, Record<string, unknown>>();
  for await (const item of itemsOf(table)) {
    const [pk, sk] = [String(item.pk), String(item.sk)];
    const letter = /^DLV#([0-9a-f]{4})#DLQ#/.exec(sk)?.[1];
    if (pk.startsWith('STAT#')) counters.set(`${pk} ${sk}`, item);
    else if (sk === 'EVT') events.push({ environment: implied.parse(expandEvent(item)).env });
    else if (letter !== undefined) deadLetters.push(deadLetterOf(item, pk, letter));
    else if (readDeliveryKey({ pk, sk })) deliveries.push(parseDelivery(item));
  }
  return { deliveries, events, deadLetters, counters };
}

function deadLetterOf(item: Record<string, unknown>, pk: string, ordinal: string): DeadLetter {
  return {
    base: pk.slice('EVT#'.length),
    ordinal: Number.parseInt(ordinal, 16),
    environment: String(item.env),
    destination: String(item.dst),
    failedAt: String(item.failedAt),
  };
}

async function* itemsOf(table: Table): AsyncGenerator<Record<string, unknown>> {
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const command = new ScanCommand({ TableName: table.name, ConsistentRead: true, ExclusiveStartKey });
    const page = await table.documents.send(command);
    yield* page.Items ?? [];
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}
