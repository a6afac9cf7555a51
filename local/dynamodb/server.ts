import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalStackError } from '../errors';
import { freePort } from '../http/free-port';
import { dynoxideBinary } from './binary';
import { prepareTableFile } from './empty-table';

/** A running DynamoDB endpoint. */
export interface DynamoDbServer {
  readonly endpoint: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 3_000;

/**
 * Runs dynoxide under this shell as its guard. The guard's standard input is a pipe from us: however we end, even by
 * SIGKILL, the pipe closes and the guard stops dynoxide. The guard exits when dynoxide does, and removes the directory in
 * SCRATCH; what it complains about meanwhile nobody may hear.
 */
const GUARD = `trap '' PIPE
exec 3<&0
"$0" "$@" <&- & child=$!
( cat <&3 >/dev/null; kill $child ) 2>/dev/null & watch=$!
wait $child; status=$?
kill $watch 2>/dev/null
[ -z "$SCRATCH" ] || rm -rf "$SCRATCH"
exit $status`;

/**
 * The DynamoDB endpoint: the one in `AWS_ENDPOINT_URL_DYNAMODB` if set, else our own dynoxide.
 *
 * @param dbFile SQLite file that keeps the data; one that goes with the stack if omitted
 * @param crashed called when dynoxide ends unexpectedly
 * @throws LocalStackError if dynoxide is missing or does not start
 */
export async function startDynamoDb(dbFile: string | undefined, crashed: () => void): Promise<DynamoDbServer> {
  const external = process.env.AWS_ENDPOINT_URL_DYNAMODB;
  if (external !== undefined && external !== '') return { endpoint: external, stop: async () => {} };
  const port = await freePort();
  const scratch = dbFile === undefined ? makeScratch() : undefined;
  const file = dbFile ?? join(scratch ?? '', 'table.sqlite');
  prepareTableFile(file);
  const child = spawnGuarded(dynoxideBinary(), serving(port, file), scratch);
  await untilListening(child, port);
  child.once('exit', crashed);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.off('exit', crashed);
      await stop(child);
      if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** A directory in memory where there is one. */
function makeScratch(): string {
  const memory = '/dev/shm';
  return mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'posthorn-table-'));
}

const serving = (port: number, file: string): string[] => [
  ...['serve', '--host', '127.0.0.1', '-p', String(port)],
  ...['--db-path', file],
];

function spawnGuarded(binary: string, args: string[], scratch = ''): ChildProcess {
  // A process group of its own: Ctrl-C must reach us first, so that the functions can finish their writes.
  return spawn('sh', ['-c', GUARD, binary, ...args], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
    env: { ...process.env, SCRATCH: scratch },
  });
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  let complaint = '';
  child.stderr?.on('data', (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-2_000);
  });
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    if (await accepts(port)) return;
    await sleep(10);
  }
  child.stdin?.end();
  throw new LocalStackError(`dynoxide did not start: ${complaint.trim() || `exit code ${child.exitCode}`}.`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => killGroup(child), STOP_TIMEOUT_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.stdin?.end();
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
}
