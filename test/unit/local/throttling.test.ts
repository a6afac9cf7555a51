import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { LocalStackOptions } from '../../../local/stack';
import { lambda } from './fixture-assembly';
import { type Fixture, startFixture } from './fixture-stack';

const PATIENT = { timeout: 10_000 };

let fixture: Fixture;
let throttled: string[];

async function start(extra: object, options: LocalStackOptions = {}): Promise<void> {
  throttled = [];
  const faults = { functionThrottled: (functionName: string) => void throttled.push(functionName) };
  fixture = await startFixture(extra, { ...options, faults });
}

afterEach(() => fixture.stop());

/** Keeps one execution of the queue's function busy, without a message. */
async function occupy(): Promise<void> {
  const record = { messageId: 'none', body: 'hang', attributes: { ApproximateReceiveCount: 'occupied' } };
  fixture.stack.invoke('Queue', { Records: [record] }).catch(() => {});
  await fixture.eventually('queue hang').toEqual(['queue hang occupied']);
}

describe('a function at its reserved concurrency', () => {
  const reserved = (handler: string) => lambda(handler, { ReservedConcurrentExecutions: 1, Timeout: 30 });

  it('has further calls answered for it by the API', async () => {
    await start({ Http: reserved('http') });
    const { apiUrl } = fixture.stack;
    const slow = fetch(`${apiUrl}/slow`);
    await expect.poll(() => fixture.stack.busyWorkers('Http'), PATIENT).toHaveLength(1);

    const response = await fetch(`${apiUrl}/items/1`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ message: 'Service Unavailable' });
    expect(throttled).toEqual(['Http']);

    await slow;
    await expect.poll(() => fixture.stack.busyWorkers('Http'), PATIENT).toEqual([]);
    expect((await fetch(`${apiUrl}/items/1`)).status).toBe(200);
  });

  it('gets a message later, which has been received without it when its visibility ended', async () => {
    await start({ Queue: reserved('queue') });
    await occupy();
    await fixture.send('late');
    await sleep(2_500);
    await fixture.stack.killWorkers('Queue');

    await fixture.eventually('queue late').toEqual(['queue late 2']);
    expect(throttled).toContain('Queue');
  });

  it('loses messages to the dead-letter queue that it has never seen', async () => {
    await start({ Queue: reserved('queue') });
    await occupy();
    await fixture.send('never');

    expect(await fixture.deadBodies()).toEqual(['never']);
    expect(await fixture.seen('queue never')).toEqual([]);
  });
});

describe('functions that share what the account has left', () => {
  it('are throttled by one another, and get the records of streams once they no longer are', async () => {
    await start({}, { accountConcurrency: 1 });
    await occupy();
    await fixture.put({ pk: { S: 'IN' }, sk: { S: 'patient' } });
    await expect.poll(() => throttled, PATIENT).toContain('Stream');
    expect((await fetch(`${fixture.stack.apiUrl}/items/1`)).status).toBe(503);
    expect(await fixture.seen('stream')).toEqual([]);

    await fixture.stack.killWorkers('Queue');
    await fixture.eventually('stream').toEqual(['stream patient']);
  });

  it('leave a function alone that has reserved its own', async () => {
    await start({ Http: lambda('http', { ReservedConcurrentExecutions: 1 }) }, { accountConcurrency: 101 });
    await occupy();
    expect((await fetch(`${fixture.stack.apiUrl}/items/1`)).status).toBe(200);
  });
});
