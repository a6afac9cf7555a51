import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FunctionName } from '../lambdas/runtime/environment';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

let made = false;

/**
 * The folder with the bundle of a function, ready to be uploaded: `index.mjs`, the parts that it imports, and their source
 * maps. The first call makes the bundles of all functions; later calls in the same process reuse them.
 *
 * @throws when a handler is missing or does not compile; standard error then has the bundler's message
 */
export function bundleOf(name: FunctionName): string {
  // The bundler is asynchronous, and constructs are not: it runs in a process that is waited for.
  if (!made) {
    const script = fileURLToPath(new URL('../bin/bundle.ts', import.meta.url));
    execFileSync(process.execPath, ['--import', 'tsx', script], { cwd: ROOT, stdio: 'inherit' });
  }
  made = true;
  return folderOf(name);
}

/** Where the bundle of a function is kept. */
export const folderOf = (name: FunctionName): string => join(ROOT, '.posthorn', 'bundles', name);
