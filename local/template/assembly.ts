import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { LocalStackError, messageOf } from '../errors';
import type { Template } from './template';

/** A synthesized app: one stack's template and the asset directories that `cdk deploy` would upload. */
export interface Assembly {
  readonly stackName: string;
  readonly template: Template;
  /** Directory of the asset with this object key, such as `3f2a….zip`. */
  assetDirectory(objectKey: string): string;
}

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z
        .object({ templateFile: z.string().optional(), stackName: z.string().optional(), file: z.string().optional() })
        .optional(),
    }),
  ),
});

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z.record(z.string(), z.unknown()).optional(),
      Condition: z.string().optional(),
    }),
  ),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown() })).optional(),
});

const assetsSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string() }),
      destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
    }),
  ),
});

/**
 * Reads a cloud assembly directory (`cdk.out`).
 *
 * @throws LocalStackError if it is not readable or does not hold exactly one stack
 */
export function loadAssembly(directory: string): Assembly {
  const { artifacts } = read(directory, 'manifest.json', manifestSchema);
  const stacks = Object.entries(artifacts).filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack');
  const [stack] = stacks;
  if (stack === undefined || stacks.length > 1)
    throw new LocalStackError(`The app has ${stacks.length} stacks: the local stack runs exactly one.`);
  const [id, { properties }] = stack;
  const template = read(directory, properties?.templateFile ?? `${id}.template.json`, templateSchema);
  const assets = assetDirectories(directory, id);
  return {
    stackName: properties?.stackName ?? id,
    template: template as Template,
    assetDirectory: (objectKey) => {
      const path = assets.get(objectKey);
      if (path === undefined) throw new LocalStackError(`The assembly has no asset ${objectKey}.`);
      return path;
    },
  };
}

function assetDirectories(directory: string, stackId: string): Map<string, string> {
  const { files } = read(directory, `${stackId}.assets.json`, assetsSchema);
  const byKey = Object.values(files).flatMap(({ source, destinations }) =>
    Object.values(destinations).map(({ objectKey }) => [objectKey, join(directory, source.path)] as const),
  );
  return new Map(byKey);
}

function read<T>(directory: string, name: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(readFileSync(join(directory, name), 'utf8')));
  } catch (error) {
    throw new LocalStackError(`${join(directory, name)} cannot be read: ${messageOf(error)}`);
  }
}
