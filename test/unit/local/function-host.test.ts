import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { USUAL_POLICY } from '../../../local/lambda/asynchronous-events';
import { Concurrency } from '../../../local/lambda/concurrency';
import { functionEnvironment } from '../../../local/lambda/environment';
import { FunctionHost, type HandledEvent } from '../../../local/lambda/function-host';
import { runtimeOf } from '../../../local/lambda/runtime';

const BUNDLE = `
import { deflateSync } from 'node:zlib';
import { randomBytes } from 'node:crypto';
let calls = 0;
let ticks = 0;
setInterval(() => { ticks += 1; }, 10).unref();
const actions = {
  echo: ({ event, context }) => ({ event, calls, remaining: context.getRemainingTimeInMillis(), name: context.functionName }),
  env: () => process.env,
  version: () => process.versions.node,
  log: () => { console.log('to stdout'); console.error('to stderr'); },
  throw: () => { throw new TypeError('broken'); },
  exit: () => process.exit(3),
  crash: () => new Promise(() => setTimeout(() => { throw new Error('out of nowhere'); })),
  hang: () => new Promise(() => setInterval(() => {}, 1000)),
  compress: async () => { for (;;) { deflateSync(randomBytes(100_000)); await new Promise(setImmediate); } },
  spin: () => { for (;;); },
  nothing: () => undefined,
  ticks: () => ticks,
  slow: () => new Promise((resolve) => setTimeout(() => resolve(process.pid), 300)),
};
export const handler = async (event, context) => { calls += 1; return actions[event.do]({ event, context }); };
`;

let directory: string;
let host: FunctionHost;
let handled: HandledEvent[];

function hostOf(overrides: { timeoutSeconds?: number; workers?: number; file?: string } = {}): FunctionHost {
  const endpoints = { dynamodb: 'http://d', sqs: 'http://q', scheduler: 'http://s' };
  const name = 'Stack-Fn';
  const { file = 'index.mjs', timeoutSeconds = 5, workers = 2 } = overrides;
  return new FunctionHost(
    {
      logicalId: 'Fn',
      name,
      roleArn: 'arn:aws:iam::000000000000:role/Fn',
      arn: 'arn:fn',
      entry: { file: join(directory, file), name: 'handler' },
      environment: functionEnvironment({ logicalId: 'Fn', name, memoryMb: 256 }, { TABLE_NAME: 'table' }, endpoints),
      runtime: { name: 'nodejs24.x', ...runtimeOf('nodejs24.x') },
      memoryMb: 256,
      timeoutSeconds,
      workers,
      asynchronous: USUAL_POLICY,
    },
    {
      observer: { handled: (one) => handled.push(one) },
      faults: {},
      concurrency: new Concurrency(1000),
      log: () => {},
    },
  );
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'posthorn-lambda-'));
  writeFileSync(join(directory, 'index.mjs'), BUNDLE);
  writeFileSync(join(directory, 'broken.mjs'), 'throw new Error("no start");');
});
afterAll(() => rmSync(directory, { recursive: true }));

beforeEach(() => {
  handled = [];
  host = hostOf();
});
afterEach(() => host.stop());

describe('a function', () => {
  it('gets the event and a context, and keeps its worker warm', async () => {
    await host.invoke({ do: 'echo' });
    expect(await host.invoke({ do: 'echo', text: 'é' })).toMatchObject({
      event: { text: 'é' },
      calls: 2,
      name: 'Stack-Fn',
      remaining: expect.closeTo(5_000, -3),
    });
  });

  it('has its own environment and nothing of ours', async () => {
    process.env.POSTHORN_TEST_SECRET = 'ours';
    const env = await host.invoke({ do: 'env' });
    delete process.env.POSTHORN_TEST_SECRET;

    expect(env).toMatchObject({
      TABLE_NAME: 'table',
      TZ: 'UTC',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'localFn',
      AWS_LAMBDA_FUNCTION_NAME: 'Stack-Fn',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://d',
      AWS_ENDPOINT_URL_SQS: 'http://q',
      AWS_ENDPOINT_URL_SCHEDULER: 'http://s',
    });
    expect(env).not.toHaveProperty('POSTHORN_TEST_SECRET');
    expect(env).not.toHaveProperty('HOME');
  });

  it('runs on the Node.js of its runtime', async () => {
    expect(await host.invoke({ do: 'version' })).toBe(host.config.runtime.version);
  });

  it('answers null when it returns nothing', async () => {
    expect(await host.invoke({ do: 'nothing' })).toBeNull();
  });

  it('is frozen until its first event, and between events', async () => {
    await host.warm();
    await sleep(300);
    const first = await host.invoke({ do: 'ticks' });
    await sleep(300);
    expect(first).toBeLessThan(10);
    expect(await host.invoke({ do: 'ticks' })).toBeLessThan(10);
    await host.invoke({ do: 'slow' });
    expect(await host.invoke({ do: 'ticks' })).toBeGreaterThan(10);
  });

  it('has what it writes kept line by line', async () => {
    await host.invoke({ do: 'log' });
    await expect.poll(() => [...host.logs.recent].sort()).toEqual(['to stderr', 'to stdout']);
  });

  it('has every event reported with what it took, be it that it failed', async () => {
    await host.invoke({ do: 'slow' });
    await host.invoke({ do: 'throw' }).catch(() => {});
    expect(handled.map(({ logicalId, event }) => [logicalId, event])).toEqual([
      ['Fn', '{"do":"slow"}'],
      ['Fn', '{"do":"throw"}'],
    ]);
    expect(handled[0]?.durationMs).toBeGreaterThanOrEqual(299);
    expect(handled[0]?.cpuMs).toBeLessThan(handled[0]?.durationMs ?? 0);
  });

  it('runs side by side in as many workers as it may have, and in line beyond it', async () => {
    const threads = await Promise.all(Array.from({ length: 6 }, () => host.invoke({ do: 'slow' })));
    expect(new Set(threads).size).toBe(2);
  });
});

describe('a function that fails', () => {
  it('by throwing keeps its worker', async () => {
    await expect(host.invoke({ do: 'throw' })).rejects.toMatchObject({
      payload: { errorType: 'TypeError', errorMessage: 'broken' },
    });
    expect(await host.invoke({ do: 'echo' })).toMatchObject({ calls: 2 });
  });

  it.each(['exit', 'crash'])('by %s gets a new worker', async (how) => {
    await host.invoke({ do: 'echo' });
    await expect(host.invoke({ do: how })).rejects.toThrow('Stack-Fn');
    expect(await host.invoke({ do: 'echo' })).toMatchObject({ calls: 1 });
  });

  it.each(['hang', 'spin'])('to end in time (%s) is ended', async (how) => {
    const impatient = hostOf({ timeoutSeconds: 1 });
    await expect(impatient.invoke({ do: how })).rejects.toThrow('Task timed out after 1.00 seconds');
    expect(await impatient.invoke({ do: 'echo' })).toMatchObject({ calls: 1 });
    await impatient.stop();
  });

  it('to load fails its events', async () => {
    const broken = hostOf({ file: 'broken.mjs' });
    await expect(broken.invoke({ do: 'echo' })).rejects.toThrow('no start');
    await expect(broken.invoke({ do: 'echo' })).rejects.toThrow('no start');
    await broken.stop();
  });
});

describe('ending workers', () => {
  it('fails what they do, and the next event gets a new one', async () => {
    await host.invoke({ do: 'echo' });
    const hanging = expect(host.invoke({ do: 'hang' })).rejects.toThrow('Stack-Fn');
    await host.killWorkers();
    await hanging;
    expect(await host.invoke({ do: 'echo' })).toMatchObject({ calls: 1 });
  });

  it('takes nobody else along when they are inside native code', async () => {
    // Ending a worker thread inside zlib used to abort the whole process.
    for (let round = 0; round < 10; round += 1) {
      const compressing = expect(host.invoke({ do: 'compress' })).rejects.toThrow('Stack-Fn');
      await host.invoke({ do: 'echo' });
      await host.killWorkers();
      await compressing;
    }
  });

  it('for good fails what runs and what waits', async () => {
    const running = ['hang', 'hang', 'hang'].map((how) => expect(host.invoke({ do: how })).rejects.toThrow());
    await host.stop();
    await Promise.all(running);
    await expect(host.invoke({ do: 'echo' })).rejects.toThrow('stopped');
  });
});
