import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ScheduleClock } from '../../../local/scheduler/clock';
import { parseExpression } from '../../../local/scheduler/expression';
import { scheduleInput } from '../../../local/scheduler/schedule';
import { ScheduleStore } from '../../../local/scheduler/schedule-store';
import { type SchedulerServer, startScheduler } from '../../../local/scheduler/server';

const GROUP = 'retries';

let directory: string;
let server: SchedulerServer;
let client: SchedulerClient;
let started: string[];
let failures: number;

async function start(): Promise<void> {
  server = await startScheduler(join(directory, 'schedules.jsonl'), () => {});
  server.store.addGroup(GROUP);
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  client = new SchedulerClient({ endpoint: server.endpoint, region: 'us-east-1', credentials });
}

const begin = () =>
  server.begin(async ({ Name, Target }) => {
    if (failures > 0) {
      failures -= 1;
      throw new Error('not now');
    }
    started.push(`${Name} ${Target.Input}`);
  });

const inSeconds = (seconds: number) => `at(${new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19)})`;

const create = (Name: string, overrides: Partial<CreateScheduleCommand['input']> = {}) =>
  client.send(
    new CreateScheduleCommand({
      Name,
      GroupName: GROUP,
      ScheduleExpression: inSeconds(3600),
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage',
        RoleArn: 'arn:aws:iam::000000000000:role/r',
        Input: 'input',
      },
      ...overrides,
    }),
  );

const names = async () => {
  const { Schedules = [] } = await client.send(new ListSchedulesCommand({ GroupName: GROUP }));
  return Schedules.map(({ Name }) => Name);
};

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'posthorn-scheduler-'));
  started = [];
  failures = 0;
  await start();
});

afterEach(async () => {
  client.destroy();
  await server.stop();
  await rm(directory, { recursive: true });
});

describe('expressions', () => {
  it.each([
    ['at(2026-01-31T12:00:00)', { kind: 'at', at: Date.UTC(2026, 0, 31, 12) }],
    ['rate(1 minute)', { kind: 'rate', everyMs: 60_000 }],
    ['rate(2 hours)', { kind: 'rate', everyMs: 7_200_000 }],
    ['rate(0 minutes)', undefined],
    ['at(2026-13-31T12:00:00)', undefined],
    ['cron(0 12 * * ? *)', undefined],
  ])('read %s', (expression, timing) => {
    expect(parseExpression(expression)).toEqual(timing);
  });
});

describe('the EventBridge Scheduler API', () => {
  it('creates, describes, lists and deletes a schedule', async () => {
    const { ScheduleArn } = await create('dlv_1');
    const input = { Name: 'dlv_1', GroupName: GROUP };

    expect(await client.send(new GetScheduleCommand(input))).toMatchObject({
      Arn: ScheduleArn,
      GroupName: GROUP,
      State: 'ENABLED',
      ActionAfterCompletion: 'DELETE',
      CreationDate: expect.any(Date),
      Target: { Input: 'input' },
    });
    expect(await names()).toEqual(['dlv_1']);
    await client.send(new DeleteScheduleCommand(input));
    expect(await names()).toEqual([]);
    await expect(client.send(new GetScheduleCommand(input))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('refuses a name that is taken, but takes a repeated request for the same one', async () => {
    await create('dlv_1', { ClientToken: 'token' });

    await expect(create('dlv_1')).rejects.toMatchObject({ name: 'ConflictException' });
    await expect(create('dlv_1', { ClientToken: 'token' })).resolves.toMatchObject({ ScheduleArn: expect.any(String) });
  });

  it.each([
    ['an expression that is none', { ScheduleExpression: 'tomorrow' }, 'ValidationException'],
    ['an unknown group', { GroupName: 'other' }, 'ResourceNotFoundException'],
    ['a target that it cannot start', { Target: { Arn: 'arn:aws:sns:x', RoleArn: 'r' } }, 'ValidationException'],
  ])('refuses %s', async (_name, overrides, name) => {
    await expect(create('dlv_1', overrides)).rejects.toMatchObject({ name });
  });
});

describe('a one-time schedule', () => {
  it('starts its target to the second and is gone then', async () => {
    begin();
    await create('dlv_1', { ScheduleExpression: inSeconds(2) });
    expect(started).toEqual([]);

    await expect.poll(() => started, { timeout: 5_000 }).toEqual(['dlv_1 input']);
    await expect.poll(names).toEqual([]);
  });

  it('is due at once when its time has passed', async () => {
    begin();
    await create('dlv_1', { ScheduleExpression: inSeconds(-60) });

    await expect.poll(() => started).toEqual(['dlv_1 input']);
  });

  it('is kept over a restart, and what came due meanwhile is started', async () => {
    await create('soon', { ScheduleExpression: inSeconds(1) });
    await create('later');
    client.destroy();
    await server.stop();
    await sleep(1_000);

    await start();
    begin();

    await expect.poll(() => started).toEqual(['soon input']);
    await expect.poll(names).toEqual(['later']);
  });

  it('is started again after its target has failed', async () => {
    failures = 1;
    begin();
    await create('dlv_1', { ScheduleExpression: inSeconds(-1) });
    expect(await names()).toEqual(['dlv_1']);

    await expect.poll(() => started, { timeout: 5_000 }).toEqual(['dlv_1 input']);
    await expect.poll(names).toEqual([]);
  });

  it('that is disabled or deleted is not started', async () => {
    begin();
    await create('off', { ScheduleExpression: inSeconds(-1), State: 'DISABLED' });
    await create('gone', { ScheduleExpression: inSeconds(2) });
    await client.send(new DeleteScheduleCommand({ Name: 'gone', GroupName: GROUP }));
    await sleep(2_200);

    expect(started).toEqual([]);
  });
});

describe('schedules that may be a minute late', () => {
  afterEach(() => vi.useRealTimers());

  /** Seconds from now at which schedules with this expression are started within ten minutes. */
  async function starts(names: readonly string[], ScheduleExpression: string): Promise<number[]> {
    const store = new ScheduleStore(undefined);
    const clock = new ScheduleClock(store, () => {}, { latenessMs: 60_000 });
    const now = Date.now();
    const at: number[] = [];
    clock.begin(async () => void at.push((Date.now() - now) / 1000));
    const target = { Arn: 'a', RoleArn: 'r' };
    const input = { ScheduleExpression, FlexibleTimeWindow: { Mode: 'OFF' }, Target: target };
    for (const name of names) clock.watch(store.create(name, scheduleInput.parse(input)));
    await vi.advanceTimersByTimeAsync(600_000);
    clock.stop();
    return at;
  }

  it('start a target once, within a minute after its time', async () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
    const names = Array.from({ length: 50 }, (_, index) => `dlv_${index}`);
    const at = await starts(names, 'at(2026-01-01T00:02:00)');
    expect(at).toHaveLength(50);
    expect(Math.min(...at)).toBeGreaterThanOrEqual(120);
    expect(Math.max(...at)).toBeLessThan(180);
    expect(Math.max(...at) - Math.min(...at)).toBeGreaterThan(30);
  });

  it('start a target again within a minute after each of its times, and do not fall behind', async () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
    const at = await starts(['sweep'], 'rate(1 minute)');
    expect([9, 10, 11]).toContain(at.length);
    for (const [index, second] of at.entries()) expect(Math.floor(second / 60)).toBe(index);
  });
});
