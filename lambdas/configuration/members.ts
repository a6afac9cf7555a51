import * as z from 'zod/mini';

/**
 * The members of a kind of configuration (source, destination, connection), keyed by the attribute that keeps each. From
 * this one list follow the bodies that create and change one, its item, and what callers are shown: see `derived.ts`.
 *
 * Schemas are made when they are asked for. Most functions only read items, and every schema costs a start some time.
 */
export type Members = Readonly<Record<string, Member>>;

/** Says why a URL cannot be a destination's, or undefined if it can: each stack has its own rules. */
export type UrlCheck = (url: string) => string | undefined;

/** For bodies without URLs, and where none is looked at. */
export const anyUrl: UrlCheck = () => undefined;

/** The parts of a member, each where it applies: no body names the state of a circuit, and no answer shows a secret. */
interface Member {
  /** What bodies may say of it, by the names that callers use. */
  body?(urlProblem: UrlCheck): Fields;
  /** How it is kept; optional where an item can go without it. */
  kept?(): Schema;
  /**
   * Reads what a body says.
   *
   * @param before what is kept by now; undefined for a new item
   * @returns what to keep; null to keep nothing, undefined to leave it as it is
   * @throws InvalidMember when it does not fit together
   */
  read?(given: object, before: unknown): unknown;
  /** What answers show of it, by the names that callers use. */
  answer?(): Shape;
  /** @param item all that the answer is written from: the item, and what is known of it besides */
  write?(kept: unknown, item: unknown): object;
}

/** A body says what does not fit together, or not with what is kept. */
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

/** What bodies may say under one name: those that create, and those that change. */
export interface Field<Create extends Schema = Schema, Change extends Schema = Schema> {
  readonly create: Create;
  readonly change: Change;
}
export type Fields = Readonly<Record<string, Field>>;

/** A field that a new item needs. */
const required = <S extends Schema>(schema: S) => ({ create: schema, change: z.optional(schema) });

/** A field that has a value where the body of a new item does not name it. */
export const preset = <S extends Schema>(schema: S, value: z.core.util.NoUndefined<z.output<S>>) => ({
  create: z._default(schema, value),
  change: z.optional(schema),
});

/** A field that may be left out. */
export const optional = <S extends Schema>(schema: S) => ({ create: z.optional(schema), change: z.optional(schema) });

/** A field that may be left out; null takes it away. */
export const clearable = <S extends Schema>(schema: S) => ({ create: z.nullish(schema), change: z.nullish(schema) });

/** What bodies may say, create and change alike. */
export type Given<F extends Fields> = { readonly [Name in keyof F]?: z.output<F[Name]['change']> };
type Written<Answer extends Shape> = { readonly [Name in keyof Answer]: z.output<Answer[Name]> };

/** A member that has several names, or another form in bodies, item and answers. */
export const member = <F extends Fields, Kept extends Schema, Answer extends Shape>(parts: {
  body(urlProblem: UrlCheck): F;
  kept(): Kept;
  read(given: Given<F>, before: z.output<Kept> | undefined): z.output<Kept> | null | undefined;
  answer(): Answer;
  write(kept: z.output<Kept>): Written<Answer>;
}) => parts;

/** What is kept for Posthorn's own use. */
export const internal = <Kept extends Schema>(kept: () => Kept) => ({ kept });

/** What answers show without its being kept as such. */
export const shown = <Answer extends Shape, Item>(answer: () => Answer, write: (item: Item) => Written<Answer>) => ({
  answer,
  write: (_: unknown, item: Item) => write(item),
});

/** The schemas of a member with one name and one form. */
interface Forms<Value> {
  /** What a body may say. */
  input(urlProblem: UrlCheck): Schema<Value>;
  /** What is read back, by default the input. It is wider where items of before a limit was drawn stay readable. */
  kept?(): Schema<Value>;
  /** What is shown, by default what is kept. */
  answer?(): Schema<Value>;
  /** What the document says of it in answers. */
  readonly description?: string;
}

/** A member with one name and one form, which every item has. A new item needs it, unless there is a preset. */
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

/** A member with one name and one form, which an item can go without. Answers show null then; null or an empty text takes it away. */
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
