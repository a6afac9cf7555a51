import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { inSources } from '../../lambdas/runtime/log';
import { bundle } from '../../lib/bundle';

const folder = mkdtempSync(join(tmpdir(), 'posthorn-stack-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SOURCE = "const unused = 'a line above';\nexport function failing(): never {\n  throw new Error('no');\n}\n";

/** The stack of an error that was thrown on line 3 of `source.ts`, from its bundle. */
async function stackFromBundle(): Promise<string> {
  writeFileSync(join(folder, 'source.ts'), SOURCE);
  await bundle(join(folder, 'source.ts'), join(folder, 'out'));
  const { failing } = await import(/* @vite-ignore */ pathToFileURL(join(folder, 'out', 'index.mjs')).href);
  try {
    failing();
  } catch (error) {
    if (error instanceof Error && error.stack) return error.stack;
  }
  throw new Error('nothing was thrown');
}

describe('a stack trace', () => {
  it('from a bundle names the function, and the file and line of its source', async () => {
    const stack = inSources(await stackFromBundle());
    expect(stack).toMatch(/at failing \(.*source\.ts:3:\d+\)/);
  });

  it('from elsewhere stays as it is', () => {
    const stack = 'Error: no\n    at file:///nowhere/index.mjs:1:2\n    at node:internal/process:3:4';
    expect(inSources(stack)).toBe(stack);
  });
});
