import { expect } from 'vitest';
import type { Api, Call } from './api';
import type { World } from './world';

/** Makes a call that has to be refused, in JSON, and to leave nothing behind in the table. */
export async function refusedWithoutTrace(
  { table }: World,
  api: Api,
  { method, path, call = {} }: { readonly method: string; readonly path: string; readonly call?: Call },
  refusal: { readonly status: number; readonly body: object },
): Promise<void> {
  const before = await table.allKeys();
  const answer = await api.call(method, path, call);
  expect(answer).toMatchObject(refusal);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(await table.allKeys()).toEqual(before);
}

/** The body of a refusal with a code, in the words of the surface that `path` belongs to. */
export function refusalBody(path: string, code: string): object {
  if (path.startsWith('/v1/delivery/')) return { error: DELIVERY_WORDS[code] ?? code.toLowerCase(), message: TEXT };
  return { error: TEXT, code, ...(path.startsWith('/api/') && { message: TEXT }) };
}

const TEXT = expect.any(String);
const DELIVERY_WORDS: Readonly<Record<string, string>> = { RESOURCE_NOT_FOUND: 'not_found' };

/** The body of a 400 that names a field, in the words of the surface that `path` belongs to. */
export const naming = (path: string, field: string) => ({
  code: 'VALIDATION_ERROR',
  [path.startsWith('/api/') ? 'message' : 'error']: expect.stringMatching(new RegExp(`^${escaped(field)}[:.\\[]`)),
});

const escaped = (text: string): string => text.replaceAll(/[.[\]]/g, '\\$&');
