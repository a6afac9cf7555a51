import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  connectionBody,
  connectionMembers,
  parseConnection,
  writeConnection,
} from '../../../lambdas/configuration/connection';
import {
  answerShape,
  changeBody,
  createBody,
  itemSchema,
  readChange,
  readNew,
} from '../../../lambdas/configuration/derived';
import { destinationMembers, parseDestination, writeDestination } from '../../../lambdas/configuration/destination';
import { internal, type Members, nullableScalar, scalar } from '../../../lambdas/configuration/members';
import { parseSource, sourceMembers, writeSource } from '../../../lambdas/configuration/source';
import { connectionOf, destinationOf, sourceOf } from '../support/records';

const members = {
  title: scalar('title', { input: () => z.string() }),
  sizePx: scalar('size_px', { input: () => z.int().check(z.minimum(10)), kept: () => z.int(), preset: 16 }),
  maxLines: nullableScalar('max_lines', { input: () => z.int() }),
  note: nullableScalar('note', { input: () => z.string() }),
  token: internal(() => z.string()),
} satisfies Members;
const AT = '2026-03-04T05:06:07.000Z';
const owned = { id: 'x', organization: 'o', environment: 'e', createdAt: AT, updatedAt: AT };
const item = { ...owned, title: 'One', sizePx: 16, maxLines: 7, token: 't' };

describe('a list of members', () => {
  it('says what a new item needs, and what it has without being asked', () => {
    expect(
      createBody(members)
        .safeParse({})
        .error?.issues.map(({ path }) => path),
    ).toEqual([['title']]);
    const body = createBody(members).parse({ title: 'One', max_lines: null });
    expect(readNew(members, body)).toEqual({ title: 'One', sizePx: 16 });
  });

  it('leaves as it is what a change does not name', () => {
    const body = changeBody(members).parse({ size_px: 20 });
    expect(readChange(members, body, item, AT)).toEqual({ set: { sizePx: 20, updatedAt: AT }, remove: [] });
  });

  it('takes away what a change sets to null, or to an empty text', () => {
    const body = changeBody(members).parse({ max_lines: null, note: '' });
    expect(readChange(members, body, item, AT)).toEqual({ set: { updatedAt: AT }, remove: ['maxLines', 'note'] });
  });

  it('refuses null for what every item has', () => {
    expect(changeBody(members).safeParse({ title: null }).success).toBe(false);
  });

  it('reads items from before a limit was drawn', () => {
    expect(itemSchema(members).parse({ ...item, sizePx: 2 })).toMatchObject({ sizePx: 2 });
    expect(changeBody(members).safeParse({ size_px: 2 }).success).toBe(false);
  });

  it('shows nothing of what is kept for Posthorn’s own use, and no body names it', () => {
    expect(Object.keys(answerShape(members))).toEqual(['title', 'size_px', 'max_lines', 'note']);
    expect(createBody(members).parse({ title: 'One', token: 'mine' })).not.toHaveProperty('token');
  });
});

describe('an answer', () => {
  it.each([
    ['source', sourceMembers, writeSource(sourceOf())],
    ['destination', destinationMembers, writeDestination(destinationOf())],
    ['connection', connectionMembers, writeConnection(connectionOf(), {})],
  ] as const)('about a %s has the members that the document promises', (_, list, answer) => {
    const { id, org_id, env_id, created_at, updated_at, ...shown } = answer;
    expect(z.object(answerShape(list)).safeParse(shown).error).toBeUndefined();
    expect(Object.keys(shown)).toEqual(Object.keys(answerShape(list)));
  });
});

describe('an item', () => {
  it('is read as it was written', () => {
    const schema = new Uint8Array([1, 2]);
    const auth = { type: 'api_key', header: 'x-key', key: 'k' } as const;
    const destination = destinationOf({ auth, mirrorUrls: ['https://other.example/'], rateLimit: 0.5, failures: 2 });
    expect(parseDestination(destination)).toEqual(destination);
    const source = sourceOf({ template: 'github', deduplication: { strategy: 'body', windowSeconds: 9 } });
    expect(parseSource(source)).toEqual(source);
    const filterRules = [{ field: 'body.a', operator: 'in' as const, value: [1, { b: null }] }];
    const connection = connectionOf({ filterRules, schema });
    expect(parseConnection(connection)).toEqual(connection);
  });
});

describe('a connection', () => {
  it('takes every source when it names an empty one, whether it is made or changed so', () => {
    const body = { name: 'c', destination_id: 'dst_1', source_id: '', description: '' };
    expect(readNew(connectionMembers, connectionBody().parse(body))).not.toHaveProperty('source');
    const change = readChange(connectionMembers, { source_id: '', description: '' }, connectionOf(), AT);
    expect(change.remove).toEqual(['description', 'source']);
  });
});
