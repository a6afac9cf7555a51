import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runKeys } from '../../bin/keys/command';
import { hashSecret } from '../../lambdas/store/access/api-keys';
import { apiKeyKey, organizationKey } from '../../lambdas/store/table/addresses';
import { Api } from './support/api';
import { eventually } from './support/eventually';
import { useWorld } from './support/world';

const world = useWorld();
const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

const created = z.object({ id: z.string(), secret: z.string() });

/** Runs the command as a person would, in a process of its own. */
async function keys(...argv: string[]) {
  const { endpoints } = world().stack;
  const child = spawn(process.execPath, ['--import', 'tsx', 'bin/keys.ts', ...argv, '--endpoint', endpoints.dynamodb], {
    cwd: PROJECT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors, exitCode] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.once('close', resolve)),
  ]);
  return { output, errors, exitCode };
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = '';
  for await (const part of stream) all += part;
  return all;
}

async function create(...argv: string[]) {
  return created.parse(JSON.parse((await keys('create', '--json', ...argv)).output));
}

const statusOf = async (secret: string, method: string, path: string, json?: unknown) =>
  (await new Api(world().stack.apiUrl, secret).call(method, path, { json })).status;

describe.concurrent('the keys command on a running stack', () => {
  it('makes a key that works at once, lists it, and revokes it', async () => {
    const { id, secret } = await create('--org', 'keys-1', '--environment', 'production', '--name', 'CI');
    expect(await statusOf(secret, 'GET', '/v1/destinations')).toBe(200);

    const listed = await keys('list', '--org', 'keys-1');
    expect(listed.output).toMatch(new RegExp(`${id} +CI +production +read,write,delete +\\S+ \\S+ +- +-\n$`));
    expect(listed.output).not.toContain(secret);
    expect(listed.output).not.toMatch(/[0-9a-f]{64}/);

    expect(await keys('revoke', '--org', 'keys-1', '--id', id)).toMatchObject({ exitCode: 0, errors: '' });
    // A function that knows the key may go on accepting it for 20 seconds; another instance refuses it at once.
    await eventually('the key to be refused', async () => (await statusOf(secret, 'GET', '/v1/destinations')) === 401);
  });

  it('makes a key that lacks the scopes it was not given', async () => {
    const { secret } = await create('--org', 'keys-2', '--environment', 'production', '--scopes', 'read');
    expect(await statusOf(secret, 'GET', '/v1/sources')).toBe(200);
    expect(await statusOf(secret, 'POST', '/v1/sources', { name: 'Shop' })).toBe(403);
  });

  it('makes a key of the whole organization without an environment: it reads and does not publish', async () => {
    const { secret } = await create('--org', 'keys-3');
    expect(await statusOf(secret, 'GET', '/api/deliveries')).toBe(200);
    expect(await statusOf(secret, 'POST', '/v1/events', { type: 'a', payload: 1 })).toBe(403);
  });

  it('makes a key that no longer works once it has expired', async () => {
    const { secret } = await create('--org', 'keys-4', '--environment', 'production', '--expires', '2099-12-31');
    const key = apiKeyKey(hashSecret(secret));
    expect(await world().table.get(key)).toMatchObject({ expiresOn: '2099-12-31T00:00:00.000Z' });
    await world().table.change(key, { expiresOn: '2020-01-01T00:00:00.000Z' });
    expect(await statusOf(secret, 'GET', '/v1/sources')).toBe(401);
  });

  it('gives the second key of an environment the same environment', async () => {
    const first = await create('--org', 'keys-5', '--environment', 'production');
    const second = await create('--org', 'keys-5', '--environment', 'production');
    expect(await statusOf(first.secret, 'POST', '/v1/sources', { name: 'Shop' })).toBe(201);
    const { body } = await new Api(world().stack.apiUrl, second.secret).call('GET', '/v1/sources');
    expect(body).toMatchObject({ sources: [{ name: 'Shop' }] });
  });

  it.each([
    ['list', ['list', '--org', 'nobody'], 'There is no organization nobody.\n'],
    ['revoke', ['revoke', '--org', 'nobody', '--id', 'key_1'], 'There is no organization nobody.\n'],
  ])('makes nothing when %s names an organization that does not exist', async (_, argv, sentence) => {
    expect(await keys(...argv)).toEqual({ output: '', errors: sentence, exitCode: 1 });
    expect(await world().table.get(organizationKey('nobody'))).toBeUndefined();
  });

  it('finds the running local stack by the file that it has written', async ({ onTestFinished }) => {
    const folder = mkdtempSync(join(tmpdir(), 'posthorn-keys-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { endpoints, outputs } = world().stack;
    const stackFile = join(folder, 'local.json');
    writeFileSync(stackFile, JSON.stringify({ endpoints, outputs }));
    const argv = ['create', '--org', 'keys-8', '--environment', 'production', '--local', '--json'];
    let output = '';
    const print = (text: string) => {
      output += text;
    };
    expect(await runKeys(argv, { environment: {}, print, printError: print, now: Date.now, stackFile })).toBe(0);
    expect(await statusOf(created.parse(JSON.parse(output)).secret, 'GET', '/v1/sources')).toBe(200);
  });

  it('says that a table does not exist', async () => {
    const { errors, exitCode } = await keys('list', '--org', 'acme', '--table', 'Elsewhere');
    expect([errors, exitCode]).toEqual([`There is no table Elsewhere at ${world().stack.endpoints.dynamodb}.\n`, 1]);
  });

  it('does not revoke a key of another organization', async () => {
    const { id, secret } = await create('--org', 'keys-6', '--environment', 'production');
    await create('--org', 'keys-7');
    const { errors, exitCode } = await keys('revoke', '--org', 'keys-7', '--id', id);
    expect([errors, exitCode]).toEqual([`The organization keys-7 has no key ${id}.\n`, 1]);
    expect(await statusOf(secret, 'GET', '/v1/sources')).toBe(200);
  });
});
