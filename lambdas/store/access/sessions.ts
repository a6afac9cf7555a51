import { randomBytes } from 'node:crypto';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { once } from '../../runtime/once';
import { sessionKey } from '../table/addresses';
import { ABSENT } from '../table/conditions';
import { getItem } from '../table/reads';
import type { Table } from '../table/table';
import { hashSecret } from './api-keys';

const record = once(() =>
  z.object({
    /** SHA-256 of the API key that the session stands for, in hex. */
    keyHash: z.string(),
    /** ISO 8601. */
    createdAt: z.string(),
    expiresOn: z.string(),
  }),
);

/** A session stands for an API key and never outlives it. */
export type Session = z.output<ReturnType<typeof record>>;

const TOKEN_PREFIX = 'phs_';

/**
 * Starts a session.
 *
 * @param now milliseconds since the epoch
 * @param until when it ends, milliseconds since the epoch
 * @returns its token, of which only a hash is stored
 */
export async function startSession(table: Table, keyHash: string, now: number, until: number): Promise<string> {
  const token = TOKEN_PREFIX + randomBytes(32).toString('base64url');
  const session: Session = {
    keyHash,
    createdAt: new Date(now).toISOString(),
    expiresOn: new Date(until).toISOString(),
  };
  const Item = { ...sessionKey(hashSecret(token)), ...session, expiresAt: Math.ceil(until / 1000) };
  await table.documents.send(new PutCommand({ TableName: table.name, Item, ConditionExpression: ABSENT }));
  return token;
}

/** Finds a session by its token; may still find one that has expired. */
export async function findSession(table: Table, token: string): Promise<Session | undefined> {
  const stored = await getItem(table, sessionKey(hashSecret(token)));
  return stored && record().parse(stored);
}

/** Ends a session. Repeating it changes nothing. */
export async function endSession(table: Table, token: string): Promise<void> {
  await table.documents.send(new DeleteCommand({ TableName: table.name, Key: sessionKey(hashSecret(token)) }));
}
