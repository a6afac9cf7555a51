import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { FunctionName } from '../../lambdas/runtime/environment';
import { bundleOf } from '../../lib/bundles';

/** Imports of the AWS SDK in one file; those of types only are none. */
const SDK_IMPORT = /^import \{([^}]+)\} from '(@aws-sdk\/[^']+)';/gm;

const LAMBDAS = fileURLToPath(new URL('../../lambdas/', import.meta.url));

const sourceMap = z.object({ sources: z.array(z.string()) });

/** What a function imports from the AWS SDK: names by package. */
export type SdkImports = ReadonlyMap<string, ReadonlySet<string>>;

/** Reads the imports of all files that end up in a function's bundle. */
export function sdkImportsOf(name: FunctionName): SdkImports {
  const imports = new Map<string, Set<string>>();
  for (const path of sourcesOf(bundleOf(name)).filter((source) => source.startsWith(LAMBDAS))) {
    for (const [module, names] of importsIn(readFileSync(path, 'utf8'))) {
      imports.set(module, new Set([...(imports.get(module) ?? []), ...names]));
    }
  }
  return imports;
}

/** The files that a bundle is made of, as its source maps name them. */
function sourcesOf(folder: string): readonly string[] {
  const maps = readdirSync(folder).filter((file) => file.endsWith('.map'));
  const named = maps.flatMap((map) => sourceMap.parse(JSON.parse(readFileSync(join(folder, map), 'utf8'))).sources);
  return named.map((source) => join(folder, source));
}

/** The SDK's values that a source file imports. */
function importsIn(source: string): [module: string, names: string[]][] {
  return [...source.matchAll(SDK_IMPORT)].map(([, names = '', module = '']) => {
    const all = names.split(',').map((name) => name.trim());
    return [module, all.filter((name) => name !== '' && !name.startsWith('type '))];
  });
}

/** The source of a handler that does nothing but load the same of the SDK and make the same clients. */
export function emptyHandler(imports: SdkImports): string {
  const lines = [...imports].map(([module, names]) => `import { ${[...names].join(', ')} } from '${module}';`);
  const names = [...imports.values()].flatMap((some) => [...some]);
  const clients = names.filter((name) => /^(DynamoDB|SQS|Scheduler)Client$/.test(name));
  return [
    ...lines,
    `export const loaded = [${names.join(', ')}];`,
    `export const clients = [${clients.map((client) => `new ${client}({})`).join(', ')}];`,
    'export const handler = async () => {};',
  ].join('\n');
}
