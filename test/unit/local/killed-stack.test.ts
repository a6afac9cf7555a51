import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { writeFixtureAssembly } from './fixture-assembly';

const SCRIPT = fileURLToPath(new URL('./start-fixture.ts', import.meta.url));

it('a stack that is killed takes the DynamoDB engine with it', async () => {
  const fixture = writeFixtureAssembly();
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, fixture.directory]);
  const [line] = await once(child.stdout, 'data');
  const urls: string[] = JSON.parse(String(line));
  for (const url of urls) await expect(fetch(url)).resolves.toBeDefined();

  child.kill('SIGKILL');
  await once(child, 'exit');

  const answering = async () => (await Promise.allSettled(urls.map((url) => fetch(url)))).map(({ status }) => status);
  await expect.poll(answering).toEqual(urls.map(() => 'rejected'));
  fixture.remove();
});
