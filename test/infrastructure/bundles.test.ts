import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ENVIRONMENTS, type FunctionName } from '../../lambdas/runtime/environment';
import { bundleOf } from '../../lib/bundles';
import { variablesOf } from './environment';
import { synthesize } from './synthesized';

const NAMES = Object.keys(ENVIRONMENTS) as FunctionName[];
const template = synthesize();

// A process of its own: what the bundle needs besides itself and the template's variables would be missing here too.
function start(name: FunctionName): string {
  const url = pathToFileURL(join(bundleOf(name), 'index.mjs'));
  return run(
    name,
    `console.log(Object.entries(await import('${url}')).map(([key, value]) => key + ':' + typeof value).join());`,
  );
}

function run(name: FunctionName, script: string): string {
  return execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    env: {
      ...variablesOf(template, name),
      AWS_REGION: 'eu-central-1',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  });
}

describe.each(NAMES)('the bundle of %s', (name) => {
  it('starts with the variables of the template and exports the handler that the template names', () => {
    // What is exported besides is for the parts that are loaded later.
    expect(start(name).trim().split(',')).toContain('handler:function');
  });

  it('imports at once nothing but what Node has, and the helpers of the bundler', () => {
    const code = readFileSync(join(bundleOf(name), 'index.mjs'), 'utf8');
    expect(code.match(/(?:\bfrom|\bimport)\s*"\.(?!\/rolldown-runtime-)[^"]*"/g)).toBeNull();
  });

  it('consists of parts that all can be loaded', () => {
    const parts = readdirSync(bundleOf(name)).filter((file) => file.endsWith('.mjs'));
    const urls = parts.map((part) => `'${pathToFileURL(join(bundleOf(name), part))}'`);
    const script = `await Promise.all([${urls.join()}].map((url) => import(url))); console.log('loaded');`;
    expect(run(name, script).trim()).toBe('loaded');
  });

  it('holds no path of the machine that made it, so that its hash is the same everywhere', () => {
    const code = readFileSync(join(bundleOf(name), 'index.mjs'), 'utf8');
    const map = readFileSync(join(bundleOf(name), 'index.mjs.map'), 'utf8');
    for (const text of [code, map]) expect(text).not.toContain(process.cwd());
    const { sources } = z.object({ sources: z.array(z.string()) }).parse(JSON.parse(map));
    expect(sources).toContain(`../../../lambdas/functions/${name}/handler.ts`);
  });

  it('holds nothing of the library that judges policies, whose licence asks for the source of what it is part of', () => {
    const { sources } = JSON.parse(readFileSync(join(bundleOf(name), 'index.mjs.map'), 'utf8'));
    expect(String(sources)).not.toContain('@cloud-copilot');
  });
});
