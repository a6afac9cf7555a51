import * as z from 'zod/mini';

/**
 * The members of a kind of configuration (source, destination, connection), by the attribute that stores each. The bodies
 * that create and change one, its item and its answers are derived from this list: see `derived.ts`.
 *
 * Schemas are built on demand. Most functions only read items, and every schema slows a cold start down.
 */
export type Members = Readonly<Record<string, Member>>;

/** Says why a URL cannot be a destination's, or undefined if it can: each stack has its own rules. */
export type UrlCheck = (url: string) => string | undefined;

/** For bodies without URLs, and where URLs are not checked. */
export const anyUrl: UrlCheck = () => undefined;

/** The parts of a member, all optional: no body sets the state of a circuit, and no answer shows a secret. */
interface Member {
  /** Its fields in bodies, by the names that callers use. */
  body?(urlProblem: UrlCheck): Fields;
  /** How it is stored; an optional schema if an item may not have it. */
  kept?(): Schema;
  /**
   * Reads it from a body.
   *
   * @param before the stored value; undefined for a new item
   * @returns the value to store; null to remove it, undefined to leave it as it is
   * @throws InvalidMember if the fields contradict each other or the stored value
   */
  read?(given: object, before: unknown): unknown;
  /** Its fields in answers, by the names that callers use. */
  answer?(): Shape;
  /** @param item what the answer is written from: the item, and what else is known about it */
  write?(kept: unknown, item: unknown): object;
}

/** The fields of a body contradict each other or the stored item. */
export class InvalidMember extends Error {
  override readonly name = 'InvalidMember';

  constructor(
    /** By the name that callers use. */
    readonly field: string,
    problem: string,
  ) {
    super(problem);
  }
}

export type Schema<Value = unknown> = z.ZodMiniType<Value>;
export type Shape = Readonly<Record<string, Schema>>;

/** One field: its schema in bodies that create, and in bodies that change. */
export interface Field<Create extends Schema = Schema, Change extends Schema = Schema> {
  readonly create: Create;
  readonly change: Change;
}
export type Fields = Readonly<Record<string, Field>>;

/** A field that is required to create one. */
const required = <S extends Schema>(schema: S) => ({ create: schema, change: z.optional(schema) });

/** A field with a default value for new items. */
export const preset = <S extends Schema>(schema: S, value: z.core.util.NoUndefined<z.output<S>>) => ({
  create: z._default(schema, value),
  change: z.optional(schema),
});

/** A field that may be left out. */
export const optional = <S extends Schema>(schema: S) => ({ create: z.optional(schema), change: z.optional(schema) });

/** A field that may be left out; null takes it away. */
export const clearable = <S extends Schema>(schema: S) => ({ create: z.nullish(schema), change: z.nullish(schema) });

/** The fields of a body, whether it creates or changes. */
export type Given<F extends Fields> = { readonly [Name in keyof F]?: z.output<F[Name]['change']> };
type Written<Answer extends Shape> = { readonly [Name in keyof Answer]: z.output<Answer[Name]> };

/** A member with several fields, or with different forms in bodies, item and answers. */
export const member = <F extends Fields, Kept extends Schema, Answer extends Shape>(parts: {
  body(urlProblem: UrlCheck): F;
  kept(): Kept;
  read(given: Given<F>, before: z.output<Kept> | undefined): z.output<Kept> | null | undefined;
  answer(): Answer;
  write(kept: z.output<Kept>): Written<Answer>;
}) => parts;

/** A member for Posthorn's own use: stored and never shown. */
export const internal = <Kept extends Schema>(kept: () => Kept) => ({ kept });

/** A member that answers show and nothing stores. */
export const shown = <Answer extends Shape, Item>(answer: () => Answer, write: (item: Item) => Written<Answer>) => ({
  answer,
  write: (_: unknown, item: Item) => write(item),
});

/** The schemas of a member with one field. */
interface Forms<Value> {
  /** Its schema in bodies. */
  input(urlProblem: UrlCheck): Schema<Value>;
  /** Its schema in items, by default that of bodies. Wider if a limit was tightened later and older items must stay readable. */
  kept?(): Schema<Value>;
  /** Its schema in answers, by default that of items. */
  answer?(): Schema<Value>;
  /** Its description in the OpenAPI document. */
  readonly description?: string;
}

/** A member with one field, which every item has. Bodies that create one need it, unless it has a preset. */
export function scalar<Name extends string, Value extends NonNullable<unknown>>(
  name: Name,
  forms: Forms<Value> & { readonly preset?: z.core.util.NoUndefined<Value> },
) {
  const { input, kept = () => input(anyUrl), answer = kept, description } = forms;
  const field = (schema: Schema<Value>): Field<Schema<Value>, z.ZodMiniOptional<Schema<Value>>> =>
    forms.preset === undefined ? required(schema) : preset(schema, forms.preset);
  return {
    body: (urlProblem: UrlCheck) => named(name, field(input(urlProblem))),
    kept,
    read: (given: { readonly [_ in Name]?: Value | undefined }) => given[name],
    answer: () => named(name, described(answer(), description)),
    write: (value: Value) => named(name, value),
  };
}

/** A member with one field, which an item may not have. Answers then show null; null or an empty string removes it. */
export function nullableScalar<Name extends string, Value extends NonNullable<unknown>>(
  name: Name,
  { input, kept = () => input(anyUrl), answer = kept, description }: Forms<Value>,
) {
  return {
    body: (urlProblem: UrlCheck) => named(name, clearable(input(urlProblem))),
    kept: () => z.optional(kept()),
    read: (given: { readonly [_ in Name]?: Value | null | undefined }) => (isBlank(given[name]) ? null : given[name]),
    answer: () => named(name, described(z.nullable(answer()), description)),
    write: (value: Value | undefined) => named(name, value ?? null),
  };
}

const isBlank = (value: unknown): boolean => value === '';

const named = <Name extends string, Value>(name: Name, value: Value) => ({ [name]: value }) as Record<Name, Value>;

function described<S extends Schema>(schema: S, description: string | undefined): S {
  if (description !== undefined) z.globalRegistry.add(schema, { description });
  return schema;
}
