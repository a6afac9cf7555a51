import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ROUTES } from '../../../lambdas/http/routes';

const text = readFileSync(new URL('../../../docs/surfaces.md', import.meta.url), 'utf8');

/** The rows of the table of all paths: method and path, scope, and the tests that cover it. */
const rows = [...text.matchAll(/^\| `([A-Z]+ \/\S*)` +\|[^|]+\| ([^|]+?) +\| (.*?) +\|$/gm)].map(
  ([, route = '', scope = '', tests = '']) => {
    return { route, scope, tests: [...tests.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name) };
  },
);

const exists = (name: string): boolean =>
  ['', 'surfaces/'].some((folder) =>
    existsSync(new URL(`../../integration/${folder}${name}.test.ts`, import.meta.url)),
  );

describe('the table of surfaces', () => {
  test('has every route, once', () => {
    const described = rows.map(({ route }) => route);
    expect(described.sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
  });

  test('says which scope each needs', () => {
    const needed = ROUTES.map(({ key, scope }) => [key, scope === 'no key' ? 'none' : scope]);
    expect(Object.fromEntries(rows.map(({ route, scope }) => [route, scope]))).toEqual(Object.fromEntries(needed));
  });

  test('names tests that exist for each', () => {
    for (const { route, tests } of rows) {
      expect([route, tests.length > 0, tests.filter((name) => !exists(name))]).toEqual([route, true, []]);
    }
  });
});
