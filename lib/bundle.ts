import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type InputOptions, type OutputOptions, rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const INPUT = {
  cwd: ROOT,
  platform: 'node',
  // The functions run on Node 24; the same bundles also run on a developer's Node 20.
  transform: { target: 'node20' },
  // The SDK's ES modules shake down to a fraction of what its CommonJS entry pulls in.
  resolve: { mainFields: ['module', 'main'] },
  // Only the sketch library's wire format needs it, which is not used here.
  external: ['protobufjs/minimal'],
  // The entry may export to its parts what they share with it, so that it needs no file of its own.
  preserveEntrySignatures: 'allow-extension',
} as const satisfies InputOptions;

const OUTPUT = {
  format: 'esm',
  entryFileNames: '[name].mjs',
  chunkFileNames: '[name]-[hash].mjs',
  sourcemap: true,
  sourcemapExcludeSources: true,
  comments: false,
  // Only white space goes: shorter names would make no start quicker, stack traces show them, and every place keeps its line.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  // What the entry always imports is one file: reading a dozen takes a quarter of a cold start. Dynamic imports become
  // files of their own, neither read nor compiled before they are needed.
  codeSplitting: { groups: [{ name: 'index', tags: ['$initial'] }] },
} as const satisfies OutputOptions;

/**
 * Bundles a source file, named from the root of the project, into a folder: `index.mjs`, the parts that it imports on
 * demand, and their source maps. What else is in the folder is removed. Equal sources make equal bytes on every machine.
 *
 * @param options what differs from the bundles of the functions
 * @throws rolldown's error when a file is missing or does not compile
 */
export async function bundle(entry: string, folder: string, options: OutputOptions = {}): Promise<void> {
  const build = await rolldown({ ...INPUT, input: { index: entry } });
  const { output } = await build.generate({ ...OUTPUT, ...options, dir: folder });
  await build.close();
  for (const file of output) replace(join(folder, file.fileName), file.type === 'chunk' ? file.code : file.source);
  // Parts are named by their content, so leftovers of an earlier run would be uploaded and never imported.
  const made = new Set(output.map(({ fileName }) => fileName));
  for (const file of readdirSync(folder)) if (!made.has(file)) rmSync(join(folder, file), { force: true });
}

// Several processes may synthesize at once: files are replaced as a whole, and unchanged ones are left alone.
function replace(path: string, contents: string | Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(Buffer.from(contents))) return;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = join(dirname(dirname(path)), randomUUID());
  writeFileSync(temporary, contents);
  renameSync(temporary, path);
}
