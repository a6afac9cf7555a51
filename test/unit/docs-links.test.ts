import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TRANSITIONS } from '../../lambdas/domain/delivery';

const ROOT = join(import.meta.dirname, '../..');

/** What is not ours, or is made. */
const OTHERS = new Set(['node_modules', 'cdk.out', '.git', '.posthorn']);

/** Paths of all pages, from the root. */
const PAGES = readdirSync(ROOT)
  .filter((name) => !OTHERS.has(name))
  .flatMap((name) => {
    if (!statSync(join(ROOT, name)).isDirectory()) return [name];
    return readdirSync(join(ROOT, name), { recursive: true, encoding: 'utf8' }).map((path) => join(name, path));
  })
  .filter((path) => path.endsWith('.md') && !path.includes('node_modules'));

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** A page without its blocks of code, in which nothing is a link or a heading. */
const proseOf = (path: string): string => read(path).replace(/^```.*?^```/gms, '');

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

const anchorsOf = (path: string): readonly string[] =>
  [...proseOf(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

function problemOf(page: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(ROOT, target))) return `${link}: there is no ${target}`;
  if (anchor !== undefined && !anchorsOf(target).includes(anchor)) return `${link}: ${target} has no such heading`;
  return undefined;
}

describe('the pages of the documentation', () => {
  test.each(PAGES)('%s links to what is there', (page) => {
    const links = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const problems = links.filter((link) => !/^[a-z]+:/.test(link)).map((link) => problemOf(page, link));
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  });

  // Decisions are history: what they name may have moved on.
  test.each(PAGES.filter((page) => !/decisions\/\d/.test(page)))('%s names files that are there', (page) => {
    const named = [...proseOf(page).matchAll(/`((?:lambdas|lib|test|openapi|local|bin)\/[\w./-]+)`/g)];
    const paths = new Set(named.map(([, path = '']) => path));
    expect([...paths].filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('are all in the index', () => {
    const linked = [...proseOf('docs/README.md').matchAll(/\]\(([^)#\s]+)/g)].map(([, link = '']) =>
      normalize(join('docs', link)),
    );
    const pages = PAGES.filter((page) => /^docs\/[^/]+\.md$/.test(page) && page !== 'docs/README.md');
    expect(pages.filter((page) => !linked.includes(page))).toEqual([]);
  });
});

describe('decisions', () => {
  const files = readdirSync(join(ROOT, 'docs/decisions')).filter((file) => /^\d{4}-/.test(file));
  const numberOf = (file: string): string => file.slice(0, 4);

  test('have a number each, which heads their page, and a status', () => {
    expect(new Set(files.map(numberOf)).size).toBe(files.length);
    for (const file of files) {
      const [heading, , status] = read(join('docs/decisions', file)).split('\n');
      expect([file, heading?.slice(0, 7)]).toEqual([file, `# ${numberOf(file)} `]);
      expect([file, status]).toEqual([file, expect.stringMatching(/^Status: (accepted|superseded by \[\d{4}\])/)]);
    }
  });

  test('are in their index once, in order', () => {
    const rows = read('docs/decisions/README.md').matchAll(/^\| \[(\d+)\]\((\d{4}-[^)]+\.md)\)/gm);
    const indexed = [...rows].map(([, number, file]) => [Number(number), file]);
    expect(indexed).toEqual(files.sort().map((file) => [Number(numberOf(file)), file]));
  });
});

test('the page on architecture has every transition of a delivery', () => {
  const statuses = (cell: string): string[] => [...cell.matchAll(/`(\w+)`/g)].map(([, status = '']) => status);
  const rows = [...read('docs/architecture.md').matchAll(/^\| `(\w+)` +\| ([^|]+) \| `(\w+)` +\|/gm)];
  const told = rows.filter(([, name = '']) => name in TRANSITIONS);
  expect(Object.fromEntries(told.map(([, name, from = '', to]) => [name, { from: statuses(from), to }]))).toEqual(
    TRANSITIONS,
  );
});
