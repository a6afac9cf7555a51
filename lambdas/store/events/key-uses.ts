import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { IDEMPOTENCY_WINDOW_MS } from '../../domain/idempotency';
import { keyUseKey } from '../table/addresses';
import { RETURN_OLD, writeIf } from '../table/conditions';
import type { Table } from '../table/table';

const use = z.object({ fingerprint: z.string() });

/**
 * Records that a publisher's key was used for a request whose events have ids of their own, so their identifiers say
 * nothing about the key.
 *
 * @param name of the key within its environment
 * @param fingerprint of the request
 * @param now milliseconds since the epoch
 * @returns false if the key was used for another request within its window
 */
export async function useKey(table: Table, name: string, fingerprint: string, now: number): Promise<boolean> {
  const expiresAt = Math.ceil((now + IDEMPOTENCY_WINDOW_MS) / 1000);
  const command = new PutCommand({
    TableName: table.name,
    Item: { ...keyUseKey(name), fingerprint, usedAt: now, expiresAt },
    ConditionExpression: 'attribute_not_exists(pk) OR usedAt <= :over',
    ExpressionAttributeValues: { ':over': now - IDEMPOTENCY_WINDOW_MS },
    ...RETURN_OLD,
  });
  const { kind, item } = await writeIf(table, command);
  return kind === 'done' || use.parse(item).fingerprint === fingerprint;
}
