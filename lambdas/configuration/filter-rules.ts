import * as z from 'zod/mini';
import { FILTER_OPERATORS } from '../domain/filter-rules';
import { isWellFormed } from '../domain/well-formed';
import { clearable, member } from './members';

const rule = () =>
  z
    .object({
      field: z
        .string()
        .check(
          z.regex(/^(body(\..+)?|headers\..+|type)$/, 'must be type, or start with body or headers.'),
          z.maxLength(255),
        ),
      operator: z.enum(FILTER_OPERATORS),
      value: z.optional(z.unknown()),
    })
    .check(
      z.superRefine(({ operator, value }, context) => {
        const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['value'], message });
        if (operator !== 'exists' && value === undefined) refuse(`is required by the operator ${operator}`);
        const problem = storageProblem(value);
        if (problem) refuse(problem);
        if ((operator === 'in' || operator === 'nin') && value !== undefined && !Array.isArray(value)) {
          refuse(`must be a list for the operator ${operator}`);
        }
      }),
    );

/** What an event has to be like; empty: anything. Clients expect the rules as JSON text. */
export const filterRules = member({
  body: () => ({
    filter_rules: clearable(
      z.array(rule()).check(z.maxLength(50), z.refine(isSmall, `must not be larger than ${MAX_BYTES} bytes together`)),
    ),
  }),
  kept: () =>
    z.array(z.object({ field: z.string(), operator: z.enum(FILTER_OPERATORS), value: z.optional(z.unknown()) })),
  read: ({ filter_rules: given }, before) => (given === undefined && before ? undefined : (given ?? [])),
  answer: () => ({
    filter_rules: z.nullable(z.string()).register(z.globalRegistry, {
      description: `A JSON list of rules as text; operators: ${FILTER_OPERATORS.join(', ')}`,
    }),
  }),
  write: (kept) => ({ filter_rules: kept.length > 0 ? JSON.stringify(kept) : null }),
});

/** As for a schema: both are in one item, and routing reads the connections of an environment. */
const MAX_BYTES = 65_536;

/** What cannot be stored is refused for that; it may be too deep to be measured. */
const isSmall = (rules: readonly { readonly value?: unknown }[]): boolean =>
  rules.some(({ value }) => storageProblem(value)) || Buffer.byteLength(JSON.stringify(rules)) <= MAX_BYTES;

/** DynamoDB allows 32 levels; a rule's value is already some levels deep in its item. */
const MAX_DEPTH = 16;

/** The smallest magnitude that DynamoDB holds, apart from zero. */
const MIN_NUMBER = 1e-130;

/** Why the table cannot store a JSON value, or undefined if it can. */
function storageProblem(value: unknown, depth = 0): string | undefined {
  if (depth > MAX_DEPTH) return 'is nested too deeply';
  if (typeof value === 'number')
    return isStorable(Math.abs(value)) ? undefined : 'contains a number that is out of range';
  if (typeof value === 'string') return isWellFormed(value) ? undefined : 'contains half of a surrogate pair';
  if (typeof value !== 'object' || value === null) return undefined;
  const names = Object.keys(value);
  if (!names.every(isWellFormed)) return 'contains half of a surrogate pair';
  if (!names.every(isStorableName))
    return 'contains a name that cannot be kept: __proto__, or none, or more than 64 KB';
  return Object.values(value)
    .map((member) => storageProblem(member, depth + 1))
    .find((problem) => problem !== undefined);
}

/** DynamoDB wants 1 to 65,535 bytes; and its SDK loses `__proto__`. */
const isStorableName = (name: string): boolean =>
  name !== '' && name !== '__proto__' && Buffer.byteLength(name) < 65_536;

const isStorable = (magnitude: number): boolean =>
  magnitude === 0 || (magnitude >= MIN_NUMBER && magnitude <= Number.MAX_SAFE_INTEGER);
