import { Random } from '../../local/faults/random';
import { ROLES } from '../receivers/roles';

/** How an event gets in. */
export type Way = 'alone' | 'in a batch' | 'through a source';

/** An event that is to be published. */
export interface Plan {
  /** From 0; part of the payload, so that no two payloads are the same. */
  readonly serial: number;
  readonly way: Way;
  /** Under this `Idempotency-Key`, if any: such a call is repeated until it is answered, and sometimes after that. */
  readonly key: string | undefined;
  readonly type: string;
  readonly contentType: string;
  /** Exactly what receivers are to get. */
  readonly bytes: Buffer;
  /** Names of the receivers that it is for, besides the first one, which gets everything. */
  readonly to: readonly string[];
}

/** A call that publishes one event or several. */
export type PublishCall = readonly [Plan, ...Plan[]];

const WAYS: Readonly<Record<Way, number>> = { alone: 5, 'in a batch': 4, 'through a source': 2 };
const LARGEST_BATCH = 8;
const OTHERS = ROLES.slice(1).map(({ name }) => name);

/** What is published in a run, call by call; all of it follows from the seed. */
export function planCalls(events: number, seed: number): PublishCall[] {
  const random = new Random(seed, 'payloads');
  const calls: PublishCall[] = [];
  for (let serial = 0; serial < events; ) {
    const way = random.weighted(WAYS);
    const size = way === 'in a batch' ? Math.min(random.between(1, LARGEST_BATCH), events - serial) : 1;
    const key = way !== 'through a source' && random.chance(0.6) ? `soak-${seed}-${serial}` : undefined;
    const plan = (n: number): Plan => planOne(random, serial + n, way, key);
    calls.push([plan(0), ...Array.from({ length: size - 1 }, (_, n) => plan(n + 1))]);
    serial += size;
  }
  return calls;
}

function planOne(random: Random, serial: number, way: Way, key: string | undefined): Plan {
  const base = { serial, way, key, type: `soak.${random.pick(['one', 'two', 'three'])}` };
  if (way === 'through a source' && random.chance(0.5)) {
    const bytes = Buffer.from(
      [...`soak ${serial} `].map((char) => char.charCodeAt(0)).concat(noise(random, sizeOf(random))),
    );
    return { ...base, contentType: 'application/octet-stream', bytes, to: [] };
  }
  const to = random.shuffled(OTHERS).slice(0, random.between(0, 4));
  return { ...base, contentType: 'application/json', bytes: Buffer.from(spell(random, serial, to)), to };
}

/** Mostly small, now and then large enough to be compressed or to fill several units. */
const sizeOf = (random: Random): number =>
  random.chance(0.05) ? random.between(5_000, 60_000) : random.between(0, 400);

const noise = (random: Random, length: number): number[] => Array.from({ length }, () => random.between(0, 255));

/** JSON in a spelling that nobody who parses and writes it again would come up with. */
function spell(random: Random, serial: number, to: readonly string[]): string {
  const space = random.pick(['', ' ', '\n  ', '\t']);
  const filler = Buffer.from(noise(random, sizeOf(random))).toString('base64');
  const members = [
    `"n":${space}${serial}`,
    `"to":${space}${JSON.stringify(to)}`,
    `"big":${space}12345678901234567890.000`,
    `"tiny":1e-400`,
    `"text":${space}"\\u00e9\\/é\\u0000 ${filler}"`,
  ];
  return `{${space}${random.shuffled(members).join(`${space},`)}${space}}`;
}
