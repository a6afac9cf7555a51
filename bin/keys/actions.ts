import { createApiKey, findOrganization, listApiKeys, revokeApiKey } from '../../lambdas/store/access/api-keys';
import type { Table } from '../../lambdas/store/table/table';
import { createdText, keyOf, listText } from './answers';
import { KeysError } from './errors';
import type { CreateOptions, ListOptions, RevokeOptions } from './options';

/** What a command answers: for people, and as JSON for scripts. */
export interface Answer {
  readonly text: string;
  readonly json: unknown;
}

/** Creates a key; organization and environment are created with their first one. The secret is shown only here. */
export async function create(table: Table, options: CreateOptions, now: number): Promise<Answer> {
  const { org: organization, environment, name, scopes, expires } = options;
  const request = { organization, environment, name, scopes, expiresOn: expires?.toISOString() };
  const { secret, key } = await createApiKey(table, request, now);
  return { text: createdText(secret, key), json: { ...keyOf(key), secret } };
}

/** @throws KeysError when there is no such organization */
export async function list(table: Table, { org }: ListOptions): Promise<Answer> {
  const keys = await listApiKeys(table, await organizationId(table, org));
  return { text: listText(keys), json: { keys: keys.map(keyOf) } };
}

/** @throws KeysError when there is no such organization, or it has no such key */
export async function revoke(table: Table, { org, id }: RevokeOptions, now: number): Promise<Answer> {
  const revoked = await revokeApiKey(table, await organizationId(table, org), id, now);
  if (!revoked) throw new KeysError(`The organization ${org} has no key ${id}.`);
  return { text: `${id} is revoked; it stops working within 30 seconds.\n`, json: { id, revoked: true } };
}

async function organizationId(table: Table, name: string): Promise<string> {
  const id = await findOrganization(table, name);
  if (id === undefined) throw new KeysError(`There is no organization ${name}.`);
  return id;
}
