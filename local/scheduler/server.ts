import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { messageOf } from '../errors';
import { readBody } from '../http/body';
import { closeServer } from '../http/close';
import { LOOPBACK, listen } from '../http/listen';
import { type ClockOptions, ScheduleClock, type StartTarget } from './clock';
import { answerSchedulerRequest } from './requests';
import { ScheduleError } from './schedule-error';
import { ScheduleStore } from './schedule-store';

/** The running EventBridge Scheduler endpoint. */
export interface SchedulerServer {
  readonly endpoint: string;
  readonly store: ScheduleStore;
  /** Starts targets from now on; those already due, immediately. */
  begin(start: StartTarget): void;
  /** Starts no more targets; schedules can still be created, and wait for the next start of the stack. */
  end(): void;
  stop(): Promise<void>;
}

const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Starts the EventBridge Scheduler endpoint.
 *
 * @param logFile file that keeps the schedules; in memory if omitted
 */
export async function startScheduler(
  logFile: string | undefined,
  log: (line: string) => void,
  options: ClockOptions = {},
): Promise<SchedulerServer> {
  const store = new ScheduleStore(logFile);
  const clock = new ScheduleClock(store, log, options);
  const server = createServer((request, response) => void answer(store, clock, request, response));
  const port = await listen(server, 0);
  return {
    endpoint: `http://${LOOPBACK}:${port}`,
    store,
    begin: (start) => clock.begin(start),
    end: () => clock.stop(),
    stop: async () => {
      clock.stop();
      await closeServer(server);
      store.close();
    },
  };
}

async function answer(
  store: ScheduleStore,
  clock: ScheduleClock,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = (await readBody(request, MAX_BODY_BYTES))?.toString() ?? '';
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://scheduler');
    const method = request.method ?? 'GET';
    const result = answerSchedulerRequest(store, clock, {
      method,
      path,
      query,
      body: body === '' ? {} : JSON.parse(body),
    });
    write(response, 200, result);
  } catch (error) {
    const known = error instanceof ScheduleError ? error : new ScheduleError('ValidationException', messageOf(error));
    response.setHeader('x-amzn-errortype', known.code);
    write(response, known.status, { Message: known.message });
  }
}

function write(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() });
  response.end(JSON.stringify(body));
}
