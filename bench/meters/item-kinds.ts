import { z } from 'zod';
import type { Call } from '../../local/calls/call';

const text = z.object({ S: z.string() });
const key = z.object({ pk: text, sk: text });
const entry = z.object({ Item: key.optional(), Key: key.optional() });
const prefix = z.object({ ':pk': text, ':prefix': text });
const operations = z.record(z.string(), entry);
const parameters = entry.extend({
  TransactItems: z.array(operations).optional(),
  RequestItems: z.record(z.string(), z.unknown()).optional(),
  IndexName: z.string().optional(),
  ExpressionAttributeValues: z.unknown().optional(),
});
const batchGet = z.object({ Keys: z.array(key) });
const batchWrite = z.array(operations);

/** How keys begin; the first that fits says what an item is. */
const KINDS: readonly (readonly [pk: string, sk: RegExp, kind: string])[] = [
  ['EVT#', /^EVT$/, 'event'],
  ['EVT#', /#ATT#/, 'attempt'],
  ['EVT#', /#DLQ#/, 'dead letter'],
  ['EVT#', /^DLV#/, 'delivery'],
  ['STAT#', /^/, 'counter'],
  ['COUNTED#', /^/, 'marker'],
  ['RATE#', /^RATE$/, 'call budget'],
  ['RATE#', /^/, 'rate limit'],
  ['KEY#', /^/, 'key'],
  ['ENV#', /^DST#/, 'destination'],
  ['ENV#', /^CON#/, 'connection'],
];

/**
 * What a call to DynamoDB is about, such as `event` or `2 counter + marker`. It names items of `docs/architecture.md`; what
 * a query finds is not in the call.
 */
export function itemKinds({ operation, parameters: given }: Pick<Call, 'operation' | 'parameters'>): string {
  const parsed = parameters.safeParse(given);
  if (!parsed.success) return operation;
  if (operation === 'Query') return queried(parsed.data);
  const counts = new Map<string, number>();
  for (const one of keysOf(parsed.data)) counts.set(kindOf(one), (counts.get(kindOf(one)) ?? 0) + 1);
  if (counts.size === 0) return operation;
  return [...counts].map(([kind, count]) => (isMany(operation) ? `${kind}s` : times(count, kind))).join(' + ');
}

/** What a query is for is told by the start of the sort key, or by the index that it reads. */
function queried({ IndexName, ExpressionAttributeValues }: z.infer<typeof parameters>): string {
  if (IndexName !== undefined) return IndexName;
  const found = prefix.safeParse(ExpressionAttributeValues).data;
  return found ? `${kindOf({ pk: found[':pk'], sk: found[':prefix'] })}s` : 'items';
}

/** How many items a batch has depends on the batch of the function. */
const isMany = (operation: string): boolean => operation.startsWith('Batch');

const times = (count: number, kind: string): string => (count === 1 ? kind : `${count} × ${kind}`);

function keysOf({ Item, Key, TransactItems = [], RequestItems = {} }: z.infer<typeof parameters>) {
  const own = Item ?? Key;
  const entries = [
    ...TransactItems,
    ...Object.values(RequestItems).flatMap((one) => batchWrite.safeParse(one).data ?? []),
  ];
  const read = Object.values(RequestItems).flatMap((one) => batchGet.safeParse(one).data?.Keys ?? []);
  const written = entries.flatMap((one) => Object.values(one)).flatMap((one) => one.Item ?? one.Key ?? []);
  return [...(own ? [own] : []), ...written, ...read];
}

function kindOf({ pk, sk }: z.infer<typeof key>): string {
  return KINDS.find(([start, end]) => pk.S.startsWith(start) && end.test(sk.S))?.[2] ?? 'other';
}
