import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, buildSync } from 'esbuild';
import type { FunctionName } from '../lambdas/runtime/environment';
import { joinParts } from './join-parts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUTPUT = join(ROOT, '.posthorn', 'bundles');

// CommonJS dependencies inside an ES module bundle call `require` for Node's own modules.
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** The esbuild options of all functions. */
export const BUNDLING = {
  absWorkingDir: ROOT,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  // Only the sketch library's wire format needs it, which is not used here.
  external: ['protobufjs/minimal'],
  // The functions run on Node 24; the same bundles also run on a developer's Node 20.
  target: 'node20',
  format: 'esm',
  // The SDK's ES modules shake down to a fraction of what its CommonJS entry pulls in.
  mainFields: ['module', 'main'],
  banner: { js: REQUIRE },
  // Dynamic imports become files of their own, neither read nor compiled before they are needed.
  splitting: true,
  chunkNames: 'part-[hash]',
  // Names stay as they are: shorter ones would make no start quicker, and stack traces show them.
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** The source file of a function, from the root of the project. */
export const entryOf = (name: FunctionName): string => `lambdas/functions/${name}/handler.ts`;

/** The files of a bundle: the entry, called `index`, and what it imports on demand. */
export const filesOf = (source: Pick<BuildOptions, 'entryPoints' | 'stdin' | 'entryNames' | 'outdir'>) =>
  joinParts(buildSync({ ...BUNDLING, ...source, write: false, metafile: true }), BUNDLING);

const bundled = new Set<FunctionName>();

/**
 * The folder with the bundle of a function, ready to be uploaded: `index.mjs`, the parts that it imports, and their source
 * maps. The first call for a function makes it with one esbuild run; later calls in the same process reuse it.
 *
 * @throws esbuild's BuildFailure when the handler is missing or does not compile
 */
export function bundleOf(name: FunctionName): string {
  const folder = join(OUTPUT, name);
  if (!bundled.has(name)) makeBundle(name, folder);
  bundled.add(name);
  return folder;
}

function makeBundle(name: FunctionName, folder: string): void {
  const files = filesOf({ entryPoints: [{ in: entryOf(name), out: 'index' }], outdir: folder });
  for (const { path, contents } of files) replace(path, contents);
  // Parts are named by their content, so leftovers of an earlier run would be uploaded and never imported.
  const made = new Set(files.map(({ path }) => basename(path)));
  for (const file of readdirSync(folder)) if (!made.has(file)) rmSync(join(folder, file), { force: true });
}

// Several processes may synthesize at once: files are replaced as a whole, and unchanged ones are left alone.
function replace(path: string, contents: Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  const temporary = join(OUTPUT, randomUUID());
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(temporary, contents);
  renameSync(temporary, path);
}
