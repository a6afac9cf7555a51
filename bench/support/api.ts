/** A call was answered with something else than success. */
class RefusedCallError extends Error {
  override readonly name = 'RefusedCallError';
}

/** The stack's public API, with one key. */
export class Api {
  /** What all answers had, headers and bodies. */
  answeredBytes = 0;

  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  /** Makes a call with a JSON body; answers with the JSON. */
  async post(path: string, body: unknown): Promise<unknown> {
    return this.postBytes(path, Buffer.from(JSON.stringify(body)), 'application/json');
  }

  async postBytes(path: string, body: Uint8Array, contentType: string): Promise<unknown> {
    const headers = { 'x-api-key': this.key, 'content-type': contentType };
    const response = await fetch(this.url + path, { method: 'POST', headers, body: new Uint8Array(body) });
    const text = await response.text();
    this.answeredBytes += Buffer.byteLength(text) + [...response.headers].flat().join('  ').length;
    if (!response.ok) throw new RefusedCallError(`POST ${path} was answered with ${response.status}: ${text}`);
    return JSON.parse(text);
  }
}
