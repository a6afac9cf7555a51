import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FunctionConfig } from './function-config';
import { type ErrorPayload, FunctionError } from './function-error';
import type { LogLines } from './log-lines';

const BOOTSTRAP = fileURLToPath(new URL('./bootstrap.mjs', import.meta.url));
/** Lambda allows ten seconds; a busy laptop gets more. */
const INIT_TIMEOUT_MS = 30_000;

type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly payload: string }
  | { readonly kind: 'error' | 'init-error'; readonly error: ErrorPayload };

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: FunctionError): void;
}

/** One execution environment: a worker thread with the bundle loaded, handling one event at a time. */
export class FunctionWorker {
  private readonly thread: Worker;
  private waiting: Waiting | undefined;
  private ended = false;

  constructor(
    private readonly config: FunctionConfig,
    private readonly logs: LogLines,
    onEnd: () => void,
  ) {
    this.thread = new Worker(BOOTSTRAP, {
      env: { ...config.environment },
      workerData: config.entry,
      stdout: true,
      stderr: true,
      name: config.name,
      // Handlers make little garbage at a time; the default of 48 MB for each of many threads adds up.
      resourceLimits: { maxYoungGenerationSizeMb: 12 },
    });
    logs.collect(this.thread.stdout);
    logs.collect(this.thread.stderr);
    this.thread.on('message', (answer: Answer) => this.waiting?.resolve(answer));
    this.thread.on('error', (error) => {
      this.ended = true;
      this.crashed(error.name, error.message);
    });
    this.thread.on('exit', (code) => {
      this.ended = true;
      this.crashed('Runtime.ExitError', `RequestId: local Error: Runtime exited with error: exit status ${code}`);
      onEnd();
    });
  }

  /** Whether the thread can take another event. */
  get alive(): boolean {
    return !this.ended;
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
   * @returns the result as JSON text
   * @throws FunctionError when the function threw, timed out or ended the process
   */
  async handle(event: string): Promise<string> {
    const timeoutMs = this.config.timeoutSeconds * 1000;
    const pending = this.answer(timeoutMs);
    this.thread.postMessage({ event, context: this.context(Date.now() + timeoutMs) });
    const answer = await pending;
    if (answer.kind === 'result') return answer.payload;
    throw await this.failed(answer);
  }

  /** Ends the thread at once, in the middle of whatever it does. */
  async terminate(): Promise<void> {
    this.ended = true;
    await this.thread.terminate();
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
      logStreamName: `local/[$LATEST]${this.thread.threadId}`,
      memoryLimitInMB: String(memoryMb),
    };
  }
}
