import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { writeFixtureAssembly } from './fixture-assembly';

const SCRIPT = fileURLToPath(new URL('./start-fixture.ts', import.meta.url));

/** Processes that run functions of this assembly. */
function functionProcesses(assembly: string): string[] {
  const commandOf = (id: string) => {
    try {
      return readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0');
    } catch {
      return [];
    }
  };
  return readdirSync('/proc').filter((id) => commandOf(id).some((word) => word.startsWith(`${assembly}/asset.`)));
}

it.runIf(process.platform === 'linux')(
  'a stack that is killed takes its functions with it, frozen or not',
  async () => {
    const fixture = writeFixtureAssembly();
    const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, fixture.directory]);
    await once(child.stdout, 'data');
    await expect.poll(() => functionProcesses(fixture.directory).length, { timeout: 10_000 }).toBe(3);

    child.kill('SIGKILL');

    await expect.poll(() => functionProcesses(fixture.directory), { timeout: 5_000 }).toEqual([]);
    fixture.remove();
  },
);

const tables = () =>
  readdirSync(existsSync('/dev/shm') ? '/dev/shm' : tmpdir()).filter((name) => name.startsWith('posthorn-table-'));

it('a stack that is killed takes the DynamoDB engine and its table with it', async () => {
  const before = tables();
  const fixture = writeFixtureAssembly();
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, fixture.directory]);
  const [line] = await once(child.stdout, 'data');
  const urls: string[] = JSON.parse(String(line));
  for (const url of urls) await expect(fetch(url)).resolves.toBeDefined();

  // Those of other stacks may come and go meanwhile.
  const made = tables().filter((name) => !before.includes(name));
  expect(made.length).toBeGreaterThan(0);

  child.kill('SIGKILL');
  await once(child, 'exit');

  const answering = async () => (await Promise.allSettled(urls.map((url) => fetch(url)))).map(({ status }) => status);
  await expect.poll(answering).toEqual(urls.map(() => 'rejected'));
  await expect.poll(() => made.every((name) => tables().includes(name))).toBe(false);
  fixture.remove();
});
