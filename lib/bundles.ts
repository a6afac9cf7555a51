import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, buildSync } from 'esbuild';
import { ENVIRONMENTS, type FunctionName } from '../lambdas/environment';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUTPUT = join(ROOT, '.posthorn', 'bundles');

// CommonJS dependencies inside an ES module bundle call `require` for Node's own modules.
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** How functions are bundled, whatever they consist of. */
export const BUNDLING = {
  absWorkingDir: ROOT,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  // Only the wire format of the sketch library needs it, and nothing here writes that.
  external: ['protobufjs/minimal'],
  // The functions run on Node 24; the same bundles also run on a developer's Node 20.
  target: 'node20',
  format: 'esm',
  // The SDK's ES modules shake down to a fraction of what its CommonJS entry pulls in.
  mainFields: ['module', 'main'],
  banner: { js: REQUIRE },
  minify: true,
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** The source file of a function, from the root of the project. */
export const entryOf = (name: FunctionName): string => `lambdas/${name}/handler.ts`;

let bundled = false;

/**
 * The folder with the bundle of a function (`index.mjs` and its source map), ready to be uploaded. The first call makes
 * the bundles of all functions in one esbuild run; later calls in the same process reuse them.
 *
 * @throws esbuild's BuildFailure when a handler is missing or does not compile
 */
export function bundleOf(name: FunctionName): string {
  if (!bundled) bundleAll();
  bundled = true;
  return join(OUTPUT, name);
}

function bundleAll(): void {
  const result = buildSync({
    ...BUNDLING,
    entryPoints: Object.keys(ENVIRONMENTS).map((name) => ({ in: entryOf(name as FunctionName), out: `${name}/index` })),
    outdir: OUTPUT,
    write: false,
  });
  for (const file of result.outputFiles) replace(file.path, file.contents);
}

// Several processes may synthesize at once: whoever reads a bundle sees a whole one, and an unchanged one is left alone.
function replace(path: string, contents: Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  const temporary = join(OUTPUT, randomUUID());
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(temporary, contents);
  renameSync(temporary, path);
}
