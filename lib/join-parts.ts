import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type BuildOptions, type BuildResult, buildSync, type Metafile } from 'esbuild';

/** A file to be written. */
export interface BundleFile {
  readonly path: string;
  readonly contents: Uint8Array;
}

/** Result of an esbuild run with `splitting`, `metafile` and `write: false` whose entry point is called `index`. */
type Split = BuildResult<{ write: false; metafile: true }>;

/**
 * Joins the parts that the entry always imports into one file: esbuild splits off whatever two parts share, and reading
 * a dozen files takes a quarter of a cold start. Parts that are loaded later still import the shared ones by name, so
 * each of those becomes a line that re-exports from the joined file.
 *
 * Delete this file once the bundler can keep together what the entry imports statically. esbuild cannot yet
 * (https://github.com/evanw/esbuild/issues/207). rolldown can, by a `codeSplitting` group with the tag `$initial`, but only
 * asynchronously, and synthesizing needs the bundles at once.
 *
 * @returns the files of the bundle, with the source maps of the joined ones
 */
export function joinParts({ outputFiles, metafile }: Split, options: BuildOptions): readonly BundleFile[] {
  const outputs = outputsByName(metafile);
  const atStart = reachedFrom('index.mjs', outputs);
  const shared = [...atStart].filter((name) => name !== 'index.mjs');
  if (shared.length === 0) return outputFiles;
  const folder = dirname(outputFiles[0]?.path ?? '');
  const later = [...outputs.keys()].filter((name) => name.endsWith('.mjs') && !atStart.has(name));
  const kept = outputFiles.filter(({ path }) => later.includes(basename(path).replace(/\.map$/, '')));
  return [
    ...kept,
    ...joined(outputFiles, folder, entryOf(shared, outputs), later, options),
    ...lines(shared, folder, outputs),
  ];
}

type Outputs = ReadonlyMap<string, Metafile['outputs'][string]>;

const outputsByName = ({ outputs }: Metafile): Outputs =>
  new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]));

/** A file with all its static imports, direct and indirect. */
function reachedFrom(name: string, outputs: Outputs, reached = new Set<string>()): ReadonlySet<string> {
  if (reached.has(name)) return reached;
  reached.add(name);
  for (const { kind, path } of outputs.get(name)?.imports ?? []) {
    if (kind === 'import-statement' && outputs.has(basename(path))) reachedFrom(basename(path), outputs, reached);
  }
  return reached;
}

/** The name under which the joined file exports something of a part. */
const nameIn = (part: string, name: string): string => `${part.replace(/\W/g, '_')}_${name}`;

const exportsOf = (part: string, outputs: Outputs): readonly string[] => outputs.get(part)?.exports ?? [];

function entryOf(shared: readonly string[], outputs: Outputs): string {
  const exported = shared.map((part) => {
    const names = exportsOf(part, outputs).map((name) => `${name} as ${nameIn(part, name)}`);
    return `export { ${names.join(', ')} } from './${part}';`;
  });
  return [`export * from './index.mjs';`, ...exported].join('\n');
}

/** The lines that replace the shared parts. */
const lines = (shared: readonly string[], folder: string, outputs: Outputs): readonly BundleFile[] =>
  shared.map((part) => {
    const names = exportsOf(part, outputs).map((name) => `${nameIn(part, name)} as ${name}`);
    return { path: join(folder, part), contents: Buffer.from(`export { ${names.join(', ')} } from './index.mjs';\n`) };
  });

/** The entry with all its static imports in one file. */
function joined(
  files: readonly BundleFile[],
  folder: string,
  contents: string,
  later: readonly string[],
  options: BuildOptions,
): readonly BundleFile[] {
  // Beside the folder itself: source maps name the sources from there.
  const stage = join(dirname(folder), randomUUID());
  mkdirSync(stage, { recursive: true });
  try {
    for (const file of files) writeFileSync(join(stage, basename(file.path)), file.contents);
    const settings: BuildOptions & { write: false } = {
      ...options,
      // Already applied to the split files.
      ...{ splitting: false, banner: {}, outExtension: {} },
      absWorkingDir: stage,
      external: [...(options.external ?? []), ...later.map((part) => `./${part}`)],
      stdin: { contents, resolveDir: stage },
      outfile: join(stage, 'index.mjs'),
      allowOverwrite: true,
      write: false,
    };
    const { outputFiles } = buildSync(settings);
    return outputFiles.map((file) => ({ path: join(folder, basename(file.path)), contents: file.contents }));
  } finally {
    rmSync(stage, { recursive: true });
  }
}
