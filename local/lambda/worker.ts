import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { FunctionConfig } from './function-config';
import { type ErrorPayload, FunctionError } from './function-error';
import type { LogLines } from './log-lines';

const BOOTSTRAP = fileURLToPath(new URL('./bootstrap.mjs', import.meta.url));
/** Lambda allows ten seconds; a busy laptop gets more. */
const INIT_TIMEOUT_MS = 30_000;

/** What handling one event used, in milliseconds, as measured by the process. */
export interface Usage {
  readonly durationMs: number;
  readonly cpuMs: number;
}

type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly payload: string; readonly usage: Usage }
  | { readonly kind: 'error'; readonly error: ErrorPayload; readonly usage: Usage }
  | { readonly kind: 'init-error'; readonly error: ErrorPayload };

/** Observes a worker. */
export interface WorkerObserver {
  /** The process is gone. */
  ended(): void;
  /** It ended, or was killed, in the middle of this event. */
  failed(event: string, reason: string): void;
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: FunctionError): void;
}

/**
 * One execution environment: a process with the bundle loaded, handling one event at a time.
 *
 * A process rather than a thread: it can be killed at any moment like a crash, whereas terminating a thread inside
 * native code (zlib) aborts all of Node 20; and it has its own environment and exit. Between events the process is frozen,
 * as on AWS.
 */
export class FunctionWorker {
  /** The session token of the worker's AWS calls, which distinguishes them from those of other workers. */
  readonly id = `worker-${randomUUID()}`;
  private readonly process: ChildProcess;
  private readonly thaw: Writable;
  private handling: string | undefined;
  private waiting: Waiting | undefined;
  private ended = false;

  constructor(
    private readonly config: FunctionConfig,
    private readonly logs: LogLines,
    private readonly observer: WorkerObserver,
  ) {
    const { file, name } = config.entry;
    this.process = fork(BOOTSTRAP, [file, name], {
      execPath: config.runtime.executable,
      env: { ...config.environment, AWS_SESSION_TOKEN: this.id },
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
    });
    this.thaw = this.process.stdio[4] as Writable;
    // A process that has ended says so itself.
    this.thaw.on('error', () => {});
    if (this.process.stdout) logs.collect(this.process.stdout);
    if (this.process.stderr) logs.collect(this.process.stderr);
    this.process.on('message', (answer: Answer) => this.waiting?.resolve(answer));
    this.process.on('error', (error) => {
      this.ended = true;
      this.crashed(error.name, error.message);
    });
    this.process.on('exit', (code, signal) => {
      this.ended = true;
      const status = signal === null ? `exit status ${code}` : `signal: ${signal}`;
      this.crashed('Runtime.ExitError', `RequestId: local Error: Runtime exited with error: ${status}`);
      observer.ended();
    });
  }

  /** Whether the process can take another event. */
  get alive(): boolean {
    return !this.ended;
  }

  /** The event that is being handled, as JSON text. */
  get event(): string | undefined {
    return this.handling;
  }

  /** Waits until the bundle is loaded. */
  async ready(): Promise<void> {
    const answer = await this.answer(INIT_TIMEOUT_MS);
    if (answer.kind !== 'ready') throw await this.failed(answer);
  }

  /**
   * Handles one event.
   *
   * @param event JSON text
   * @param onUsage called with what it used, unless the process ended
   * @returns the result as JSON text
   * @throws FunctionError when the function threw, timed out or ended the process
   */
  async handle(event: string, onUsage: (usage: Usage) => void): Promise<string> {
    const timeoutMs = this.config.timeoutSeconds * 1000;
    this.handling = event;
    const pending = this.answer(timeoutMs).finally(() => {
      this.handling = undefined;
    });
    this.thaw.write('.');
    if (this.process.connected) this.process.send({ event, context: this.context(Date.now() + timeoutMs) });
    const answer = await pending;
    if ('usage' in answer) onUsage(answer.usage);
    if (answer.kind === 'result') return answer.payload;
    throw await this.failed(answer);
  }

  /** Kills the process immediately, whatever it is doing. */
  async terminate(): Promise<void> {
    this.ended = true;
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    if (this.process.kill('SIGKILL')) await ended;
  }

  private async answer(timeoutMs: number): Promise<Answer> {
    const timer = setTimeout(() => this.timedOut(), timeoutMs);
    try {
      return await new Promise<Answer>((resolve, reject) => {
        this.waiting = { resolve, reject };
      });
    } finally {
      clearTimeout(timer);
      this.waiting = undefined;
    }
  }

  private timedOut(): void {
    this.crashed('Sandbox.Timedout', `Task timed out after ${this.config.timeoutSeconds.toFixed(2)} seconds`);
    void this.terminate();
  }

  private crashed(errorType: string, errorMessage: string): void {
    if (this.waiting === undefined) return;
    this.logs.add(`${errorType}: ${errorMessage}`);
    if (this.handling !== undefined) this.observer.failed(this.handling, errorType);
    this.waiting.reject(new FunctionError(this.config.name, { errorType, errorMessage }));
  }

  private async failed(answer: Answer): Promise<FunctionError> {
    const error = 'error' in answer ? answer.error : { errorType: 'Runtime.Unknown', errorMessage: answer.kind };
    this.logs.add(JSON.stringify({ level: 'ERROR', message: 'Invoke Error', ...error }));
    if (answer.kind === 'init-error') await this.terminate();
    return new FunctionError(this.config.name, error);
  }

  /** @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
  private context(deadline: number): Record<string, unknown> {
    const { name, arn, memoryMb } = this.config;
    return {
      deadline,
      awsRequestId: randomUUID(),
      functionName: name,
      functionVersion: '$LATEST',
      invokedFunctionArn: arn,
      logGroupName: `/aws/lambda/${name}`,
      logStreamName: `local/[$LATEST]${this.process.pid}`,
      memoryLimitInMB: String(memoryMb),
    };
  }
}
