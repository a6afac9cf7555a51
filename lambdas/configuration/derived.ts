import * as z from 'zod/mini';
import { anyUrl, type Field, type Members, type Schema, type UrlCheck } from './members';

/** Every body may name a tenant, which has to be the key's own. */
export const tenant = { org_id: z.optional(z.string()), env_id: z.optional(z.string()) };

const owned = () => ({
  id: z.string(),
  organization: z.string(),
  environment: z.string(),
  /** ISO 8601. */
  createdAt: z.string(),
  updatedAt: z.string(),
});

type Owned = z.output<z.ZodMiniObject<ReturnType<typeof owned>>>;

/** The body that creates one. */
export const createBody = <M extends Members>(members: M, urlProblem?: UrlCheck) =>
  z.object(bodyShape(members, 'create', urlProblem));

/** The body that changes one: what is absent stays as it is. */
export const changeBody = <M extends Members>(members: M, urlProblem?: UrlCheck) =>
  z.object(bodyShape(members, 'change', urlProblem));

function bodyShape<M extends Members, When extends keyof Field>(members: M, when: When, urlProblem = anyUrl) {
  const fields = Object.values(members).flatMap((one) => Object.entries(one.body?.(urlProblem) ?? {}));
  const shape = Object.fromEntries(fields.map(([name, field]) => [name, field[when]]));
  return { ...tenant, ...shape } as typeof tenant & BodyShape<M, When>;
}

/** The schema of its item. */
export function itemSchema<M extends Members>(members: M) {
  const kept = Object.entries(members).flatMap(([key, one]) => (one.kept ? [[key, one.kept()]] : []));
  return z.object({ ...owned(), ...Object.fromEntries(kept) } as ReturnType<typeof owned> & KeptShape<M>);
}

/** The schemas of its fields in answers, by name. */
export const answerShape = <M extends Members>(members: M) =>
  Object.assign({}, ...Object.values(members).map((one) => one.answer?.())) as AnswerShape<M> & object;

/** The attributes that a new item gets from its body. */
export function readNew(members: Members, body: object): Record<string, unknown> {
  const read = Object.entries(members).map(([key, one]) => [key, one.read?.(body, undefined) ?? undefined] as const);
  return Object.fromEntries(read.filter(([, value]) => value !== undefined));
}

/**
 * The change that a body asks for: attributes to set, and attributes to remove.
 *
 * @param at when it is changed, ISO 8601
 */
export function readChange(members: Members, body: object, before: Readonly<Record<string, unknown>>, at: string) {
  const read = Object.entries(members).map(([key, one]) => [key, one.read?.(body, before[key])] as const);
  const set = Object.fromEntries(read.filter(([, value]) => value !== undefined && value !== null));
  return { set: { ...set, updatedAt: at }, remove: read.filter(([, value]) => value === null).map(([key]) => key) };
}

/** Writes an item as callers see it. */
export function write<M extends Members>(members: M, item: Owned & ItemOf<M> & WrittenFrom<M>) {
  const attributes: Readonly<Record<string, unknown>> = item;
  return {
    id: item.id,
    org_id: item.organization,
    env_id: item.environment,
    ...Object.assign({}, ...Object.entries(members).map(([key, one]) => one.write?.(attributes[key], item))),
    created_at: item.createdAt,
    updated_at: item.updatedAt,
  };
}

export type ItemOf<M> = z.output<z.ZodMiniObject<ReturnType<typeof owned> & KeptShape<M>>>;

type KeptShape<M> = {
  [Key in keyof M as M[Key] extends { kept(): Schema } ? Key : never]: M[Key] extends { kept(): infer Kept }
    ? Kept
    : never;
};

type BodyShape<M, When extends keyof Field> = Together<
  {
    [Key in keyof M]: M[Key] extends { body(urlProblem: UrlCheck): infer F }
      ? { [Name in keyof F]: F[Name] extends Field ? F[Name][When] : never }
      : never;
  }[keyof M]
>;

type AnswerShape<M> = Together<
  { [Key in keyof M]: M[Key] extends { answer(): infer Answer } ? Answer : never }[keyof M]
>;

type WrittenFrom<M> = Together<
  { [Key in keyof M]: M[Key] extends { write(kept: never, item: infer Item): object } ? Needed<Item> : never }[keyof M]
>;

type Needed<Item> = unknown extends Item ? never : Item;

/** The intersection of a union's parts: `{ a: … } & { b: … }` for `{ a: … } | { b: … }`. */
type Together<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;
