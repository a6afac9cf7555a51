import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { vi } from 'vitest';
import * as z from 'zod';
import { createApp } from '../../lib/app';

const resourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Metadata: z.object({ 'aws:cdk:path': z.string() }),
});

/** One resource of a template. */
export interface Resource {
  readonly id: string;
  /** Where its construct is in the app: `Posthorn/Functions/deliver/Function/Resource`. */
  readonly path: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * The template for some context values. The checks of a template take longer than all the rest and have a test of their
 * own, so they are left out here.
 */
export function synthesize(context: Record<string, unknown> = {}): Template {
  vi.stubEnv('CDK_VALIDATION', 'false');
  const outdir = mkdtempSync(join(tmpdir(), 'posthorn-synthesis-'));
  try {
    return Template.fromStack(createApp({ context, outdir }).stack);
  } finally {
    vi.unstubAllEnvs();
    // The bundles were copied into it: megabytes for each synthesis.
    rmSync(outdir, { recursive: true });
  }
}

/** The resources of one type whose path holds a text. */
export function resourcesOf(template: Template, type: string, path = ''): Resource[] {
  const all = z.record(z.string(), resourceSchema).parse(template.findResources(type));
  return Object.entries(all)
    .map(([id, { Properties, Metadata }]) => ({ id, path: Metadata['aws:cdk:path'], properties: Properties }))
    .filter((resource) => resource.path.includes(path));
}

/** The one resource of a type whose path holds a text. */
export function theOnly(template: Template, type: string, path = ''): Resource {
  const [first, ...others] = resourcesOf(template, type, path);
  if (first === undefined || others.length > 0) throw new Error(`not exactly one ${type} at "${path}"`);
  return first;
}
