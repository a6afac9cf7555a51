import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from './support/eventually';
import { MainProcess, processesWith, type Ready } from './support/main-process';
import { answer, inTurn, type Receiver, startReceiver } from './support/receiver';
import { Tenant } from './support/tenant';

/** Each start synthesizes the app; a busy machine takes its time. */
const LONG = { timeout: 240_000 };

const NAMES = { organization: 'local', environment: 'development' };

let directory: string;
let receiver: Receiver;
let running: MainProcess[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'posthorn-restart-'));
  receiver = await startReceiver();
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((process) => process.stop()));
  await receiver.stop();
  rmSync(directory, { recursive: true, force: true });
});

function launch(...args: string[]): MainProcess {
  const process = new MainProcess(directory, args);
  running.push(process);
  return process;
}

const tenantOf = ({ apiUrl, apiKey }: Ready) => new Tenant(apiUrl, apiKey, 'its own', NAMES);

/** Publishes one event after another until the stack is gone, and notes the ids of those that were accepted. */
async function publishUntilGone(tenant: Tenant, accepted: string[]): Promise<void> {
  try {
    for (;;) accepted.push(await tenant.publish({ payload: { n: accepted.length } }));
  } catch {
    // Not answered, so not accepted as far as the publisher knows.
  }
}

/** Kills the process at some moment after it has accepted a few more events. */
async function killInTheMiddle(process: MainProcess, tenant: Tenant, accepted: string[]): Promise<void> {
  const enough = accepted.length + 1 + Math.floor(Math.random() * 30);
  const publishers = [publishUntilGone(tenant, accepted), publishUntilGone(tenant, accepted)];
  await eventually('some accepted events', () => accepted.length >= enough);
  await sleep(Math.random() * 200);
  await process.end('SIGKILL');
  await Promise.all(publishers);
  await eventually('all parts of the stack to be gone', () => processesWith(directory).length === 0);
}

/** Waits until the receiver has got every event that was accepted. */
const allReceived = (accepted: readonly string[]) =>
  eventually('all accepted events to reach the receiver', () => {
    const received = new Set(receiver.requests.map(({ headers }) => headers['webhook-id']));
    const missing = accepted.filter((id) => !received.has(id));
    if (missing.length > 0) throw new Error(`${missing.length} of ${accepted.length} are missing.`);
    return true;
  });

const KILLS = [
  { often: 'once', lives: 1, tags: [] },
  { often: 'again and again', lives: 3, tags: ['slow'] },
];

describe.each(KILLS)('every event that was accepted', ({ often, lives, tags }) => {
  test(`is delivered, though the process was killed ${often}`, { ...LONG, tags }, async () => {
    // Some fail first, so that retries are under way when the process dies.
    receiver.behave(inTurn(answer(500), answer(500), answer(500), answer(200)));
    const accepted: string[] = [];
    let process = launch();
    const { apiKey, ...rest } = await process.ready();
    const tenant = tenantOf({ apiKey, ...rest });
    const retry_policy = { max_attempts: 8, schedule: [1] };
    await tenant.routeTo(receiver.url, { destination: { retry_policy, timeout_ms: 1000 } });
    await killInTheMiddle(process, tenant, accepted);
    for (let life = 2; life <= lives; life += 1) {
      process = launch();
      await killInTheMiddle(process, tenantOf(await process.ready()), accepted);
    }
    const info = await launch().ready();
    expect(info.apiKey).toBe(apiKey);
    await allReceived(accepted);
    for (const id of accepted) await tenantOf(info).reached(id, 'delivered');
  });
});

test(
  'the process says in one sentence what is in use, and leaves nothing running when it is interrupted',
  LONG,
  async () => {
    const process = launch();
    const { apiUrl, endpoints } = await process.ready();
    const sameData = launch('--ready-file', join(directory, 'second.json'));
    const samePort = launch('--db-path', join(directory, 'other'), '--port', new URL(apiUrl).port);
    for (const ended of [sameData.ended, samePort.ended])
      expect(await ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/^[^\n]+\.\n$/) });
    expect((await sameData.ended).stderr).toContain('is in use');
    expect((await samePort.ended).stderr).toContain('is taken');

    expect((await fetch(`${apiUrl}/health`)).status).toBe(200);
    expect(await process.end('SIGINT')).toMatchObject({ code: 0, stderr: '' });
    expect(processesWith(directory)).toEqual([]);
    expect(existsSync(process.readyFile)).toBe(false);
    for (const url of [apiUrl, ...Object.values(endpoints)]) await expect(fetch(url)).rejects.toThrow();
  },
);
