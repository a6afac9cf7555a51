import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type BuildOptions, type BuildResult, buildSync, type Metafile } from 'esbuild';

/** A file that is to be written. */
export interface BundleFile {
  readonly path: string;
  readonly contents: Uint8Array;
}

/** Result of an esbuild run with `splitting`, `metafile` and `write: false` whose entry point is called `index`. */
type Split = BuildResult<{ write: false; metafile: true }>;

/**
 * Joins what esbuild has split and the entry imports in any case into one file: esbuild makes a part of all that two parts
 * share, and reading a dozen of them takes a start a quarter of its time. Parts that are imported later still import the
 * shared ones by name: in their place is a line that exports the same from the joined file.
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

/** A file and all that it imports, and what that imports; what is imported on demand is not among them. */
function reachedFrom(name: string, outputs: Outputs, reached = new Set<string>()): ReadonlySet<string> {
  if (reached.has(name)) return reached;
  reached.add(name);
  for (const { kind, path } of outputs.get(name)?.imports ?? []) {
    if (kind === 'import-statement' && outputs.has(basename(path))) reachedFrom(basename(path), outputs, reached);
  }
  return reached;
}

/** By what name the joined file exports something of a part. */
const nameIn = (part: string, name: string): string => `${part.replace(/\W/g, '_')}_${name}`;

const exportsOf = (part: string, outputs: Outputs): readonly string[] => outputs.get(part)?.exports ?? [];

function entryOf(shared: readonly string[], outputs: Outputs): string {
  const exported = shared.map((part) => {
    const names = exportsOf(part, outputs).map((name) => `${name} as ${nameIn(part, name)}`);
    return `export { ${names.join(', ')} } from './${part}';`;
  });
  return [`export * from './index.mjs';`, ...exported].join('\n');
}

/** What stands in the place of the shared parts. */
const lines = (shared: readonly string[], folder: string, outputs: Outputs): readonly BundleFile[] =>
  shared.map((part) => {
    const names = exportsOf(part, outputs).map((name) => `${nameIn(part, name)} as ${name}`);
    return { path: join(folder, part), contents: Buffer.from(`export { ${names.join(', ')} } from './index.mjs';\n`) };
  });

/** The entry with all that it reaches, in one file. */
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
      // The split files have been through these.
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
