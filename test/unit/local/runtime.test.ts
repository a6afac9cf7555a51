import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeRuntimes, runtimeOf } from '../../../local/lambda/runtime';

const MAJOR = process.versions.node.split('.')[0];
const OURS = { executable: process.execPath, version: process.versions.node };
const OTHER = { executable: '/opt/node', version: '98.7.6' };

describe('the Node.js of functions', () => {
  it('is the one that is installed for them when the template names it', () => {
    expect(runtimeOf('nodejs98.x', OTHER)).toEqual({ ...OTHER, asNamed: true });
  });

  it('is ours when the template names that', () => {
    expect(runtimeOf(`nodejs${MAJOR}.x`, OTHER)).toEqual({ ...OURS, asNamed: true });
  });

  it('is ours when there is no other, and is said to be another than the one that the template names', () => {
    const runtime = { name: 'nodejs98.x', ...runtimeOf('nodejs98.x', null) };
    expect(runtime).toMatchObject({ ...OURS, asNamed: false });
    expect(describeRuntimes([runtime, runtime])).toBe(`Node ${process.versions.node} instead of nodejs98.x`);
  });

  it.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('is Node 24 for nodejs24.x on Linux', () => {
    const { executable, version, asNamed } = runtimeOf('nodejs24.x');
    expect(asNamed).toBe(true);
    expect(execFileSync(executable, ['--version']).toString().trim()).toBe(`v${version}`);
    expect(version).toMatch(/^24\./);
  });

  it('does not come between npm scripts and the Node.js of the system', () => {
    expect(existsSync('node_modules/.bin/node')).toBe(false);
  });
});
