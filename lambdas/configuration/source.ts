import * as z from 'zod/mini';
import { once } from '../runtime/once';
import { eventCount, lastEventAt, NO_ACTIVITY } from './activity';
import { deduplication } from './deduplication';
import { changeBody, createBody, type ItemOf, itemSchema, write } from './derived';
import { type Members, nullableScalar, scalar } from './members';
import { name, slug, text } from './names';
import { verification } from './verification';

/** Members of a source. */
export const sourceMembers = {
  name,
  slug,
  /** What kind of sender it has: a label. */
  template: nullableScalar('template', {
    input: () => text().check(z.minLength(1), z.maxLength(100)),
    kept: () => z.string(),
  }),
  status: scalar('status', { input: () => z.enum(['active', 'disabled']), preset: 'active' }),
  verification,
  deduplication,
  eventCount,
  lastEventAt,
} satisfies Members;

/** Where events come in without an API key: its id is its address. */
export type Source = ItemOf<typeof sourceMembers>;

const item = once(() => itemSchema(sourceMembers));

/** Reads a source from its item. */
export const parseSource = (stored: unknown): Source => item().parse(stored);

/** Body of `POST /v1/sources`. */
export const sourceBody = once(() => createBody(sourceMembers));

/** Body of `PATCH /v1/sources/{id}`: what is absent stays as it is; null takes a value away. */
export const sourceChange = once(() => changeBody(sourceMembers));

/** A source as callers see it: without its secrets. */
export const writeSource = (source: Source, activity = NO_ACTIVITY) => write(sourceMembers, { ...source, activity });
