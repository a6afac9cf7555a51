/** What a call came to; no status when there was no answer at all. */
export interface Answer {
  readonly status: number | undefined;
  /** The JSON of the answer; undefined when there is none. */
  readonly json: unknown;
}

export interface CallBody {
  readonly content: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A caller that waits longer than this hears no more. */
const PATIENCE_MS = 15_000;

/** The stack's public API with one key, for callers who have to live with every ending of a call. */
export class Api {
  constructor(
    readonly url: string,
    readonly key: string,
  ) {}

  /** Makes a call; it never throws. */
  async call(method: string, path: string, body?: CallBody): Promise<Answer> {
    try {
      const response = await fetch(this.url + path, {
        method,
        headers: { 'x-api-key': this.key, 'content-type': 'application/json', ...body?.headers },
        ...(body && { body: new Uint8Array(Buffer.from(body.content)) }),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      const text = await response.text();
      return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
    } catch {
      return { status: undefined, json: undefined };
    }
  }

  post(path: string, value?: unknown): Promise<Answer> {
    return this.call('POST', path, value === undefined ? undefined : { content: JSON.stringify(value) });
  }
}

/** Whether a call was refused for good: then it has changed nothing. */
export const isRefused = ({ status }: Pick<Answer, 'status'>): boolean =>
  status !== undefined && status >= 400 && status < 500 && status !== 429;

/** Whether a call was answered well. */
export const isDone = ({ status }: Pick<Answer, 'status'>): boolean =>
  status !== undefined && status >= 200 && status < 300;
