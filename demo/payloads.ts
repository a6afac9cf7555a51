import definitions from '@octokit/webhooks-examples' with { type: 'json' };

/** How a payload gets into Posthorn. */
export type Way = 'alone' | 'in a batch' | 'through a source';

/** A real GitHub payload, exactly as it is published. */
export interface Payload {
  /** GitHub's name of the event, such as `push`. */
  readonly event: string;
  readonly way: Way;
  readonly contentType: string;
  readonly bytes: Buffer;
}

const COUNT = 50;

/** With this the choice has the one example in it that is not plain ASCII. */
const SHIFT = 0.8;

/** Two in five alone, two in batches, one through a source. */
const WAYS: readonly Way[] = ['alone', 'in a batch', 'alone', 'in a batch', 'through a source'];

/** 50 of the 329 examples that Octokit has collected, spread evenly, so that nearly every kind of event is among them. */
export function choosePayloads(): Payload[] {
  const all = definitions.flatMap(({ name, examples }) => examples.map((example) => ({ event: name, example })));
  return Array.from({ length: COUNT }, (_, n) => all[Math.floor(((n + SHIFT) * all.length) / COUNT)])
    .filter((one) => one !== undefined)
    .map(({ event, example }, n) => ({ event, ...write(example, n), way: WAYS[n % WAYS.length] ?? 'alone' }));
}

const INDENTATIONS = [undefined, 2, '\t'] as const;

/**
 * Writes a payload in one of several spellings: whoever parsed it on the way and wrote it again would be found out. Every
 * tenth is a form, as GitHub sends it on request: no JSON at all.
 */
function write(example: unknown, n: number): Pick<Payload, 'contentType' | 'bytes'> {
  const json = JSON.stringify(example, undefined, INDENTATIONS[n % INDENTATIONS.length]);
  if (n % 10 !== 9) return { contentType: 'application/json', bytes: Buffer.from(json) };
  const form = new URLSearchParams({ payload: json });
  return { contentType: 'application/x-www-form-urlencoded', bytes: Buffer.from(form.toString()) };
}
