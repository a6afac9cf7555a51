import { isUtf8 } from 'node:buffer';
import type * as z from 'zod/mini';
import '../runtime/schema-messages';
import { invalid } from './errors';

/**
 * Checks a value against a schema.
 *
 * @throws ApiError 400 naming the first invalid field
 */
export function validate<Schema extends z.ZodMiniType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(fieldName(issue?.path ?? []), issue?.message ?? 'is invalid');
}

/** `events[3].payload` */
function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (name, step) => (typeof step === 'number' ? `${name}[${step}]` : name ? `${name}.${String(step)}` : String(step)),
    '',
  );
}

/**
 * Reads a JSON body.
 *
 * @throws ApiError 400 if it is not UTF-8 or not JSON
 */
export function parseJson(body: Uint8Array): { readonly text: string; readonly value: unknown } {
  if (!isUtf8(body)) throw invalid('body', 'must be JSON in UTF-8');
  const text = Buffer.from(body).toString('utf8');
  try {
    return { text, value: JSON.parse(text) };
  } catch {
    throw invalid('body', 'must be valid JSON');
  }
}
