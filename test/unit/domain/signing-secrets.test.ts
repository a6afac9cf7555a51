import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  activeSecrets,
  DESTINATION_COPY_MS,
  MAX_RETIRING,
  rotated,
  SHORTEST_OVERLAP_SECONDS,
  type SigningSecrets,
} from '../../../lambdas/domain/signing-secrets';
import { cached } from '../../../lambdas/runtime/cache';
import { NOW } from '../support/records';

const DAY_MS = 86_400_000;
const at = (ms: number) => new Date(NOW + ms).toISOString();

/** Rotates one secret after another, each at its time and with its overlap in seconds. */
function rotate(steps: readonly (readonly [secret: string, atMs: number, overlapSeconds: number])[]) {
  const first: SigningSecrets | undefined = { signingSecrets: ['first'] };
  return steps.reduce<SigningSecrets | undefined>(
    (secrets, [secret, ms, overlap]) => secrets && rotated(secrets, secret, overlap, NOW + ms),
    first,
  );
}

/** What was stored, and since when. The first secret has been there for long, and each later one sorts after it. */
function rotateAll(steps: readonly { readonly pauseMs: number; readonly overlap: number }[]) {
  const history: { at: number; secrets: SigningSecrets }[] = [{ at: 0, secrets: { signingSecrets: ['secret-0'] } }];
  let at = NOW;
  for (const [n, { pauseMs, overlap }] of steps.entries()) {
    at += pauseMs;
    const secrets = rotated(history.at(-1)?.secrets ?? { signingSecrets: [] }, `secret-${n + 1}`, overlap, at);
    if (secrets) history.push({ at, secrets });
  }
  return history;
}

const signing = (secrets: SigningSecrets | undefined, ms: number) => secrets && activeSecrets(secrets, NOW + ms);

describe('a signing secret that was rotated', () => {
  it('signs besides the new one until the overlap ends, and not in that moment any more', () => {
    const secrets = rotate([['second', 0, 60]]);
    expect(signing(secrets, 0)).toEqual(['second', 'first']);
    expect(signing(secrets, 59_999)).toEqual(['second', 'first']);
    expect(signing(secrets, 60_000)).toEqual(['second']);
  });

  it('signs for as long as workers may not know the new one, however short the overlap; those before it end at once', () => {
    const ended = SHORTEST_OVERLAP_SECONDS * 1000;
    for (const overlap of [0, 1, SHORTEST_OVERLAP_SECONDS]) {
      const secrets = rotate([['second', 0, overlap]]);
      expect(secrets?.retiringSecrets).toEqual([{ secret: 'first', until: at(ended) }]);
      expect(signing(secrets, ended - 1)).toEqual(['second', 'first']);
      expect(signing(secrets, ended)).toEqual(['second']);
    }
    const twice = rotate([
      ['second', 0, 3600],
      ['third', 1000, 0],
    ]);
    expect(signing(twice, 1000)).toEqual(['third', 'second']);
  });

  it('never signs after its end, and the new one always by then, also where workers keep copies', async () => {
    const slowestReadMs = 2000;
    const rotations = fc.array(fc.record({ pauseMs: fc.nat(7000), overlap: fc.constantFrom(0, 1, 30) }), {
      maxLength: 4,
    });
    const sending = fc.record({ readAt: fc.nat(40_000), lagMs: fc.nat(slowestReadMs), sentAfter: fc.nat(10_000) });
    const sendings = fc.array(sending, { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(rotations, sendings, async (steps, sends) => {
        const history = rotateAll(steps);
        for (const { readAt, lagMs, sentAfter } of sends) {
          let now = NOW + readAt;
          const known = async () => history.findLast(({ at }) => at <= now - lagMs)?.secrets ?? { signingSecrets: [] };
          const read = cached(known, { ttlMs: DESTINATION_COPY_MS, now: () => now });
          await read('destination');
          now += sentAfter;
          const signed = activeSecrets(await read('destination'), now);
          for (const { secrets } of history) {
            const [end] = secrets.retiringSecrets ?? [];
            if (!end || now < Date.parse(end.until)) continue;
            expect(signed).not.toContain(end.secret);
            expect(signed[0]?.localeCompare(secrets.signingSecrets[0] ?? '')).toBeGreaterThanOrEqual(0);
          }
        }
      }),
    );
  });

  it('keeps its own end when the next one is rotated with a longer overlap', () => {
    const secrets = rotate([
      ['second', 0, 60],
      ['third', 30_000, 3600],
    ]);
    expect(signing(secrets, 59_000)).toEqual(['third', 'second', 'first']);
    expect(signing(secrets, 61_000)).toEqual(['third', 'second']);
  });

  it('ends earlier when a later rotation says so', () => {
    const secrets = rotate([
      ['second', 0, 3600],
      ['third', 0, 60],
    ]);
    expect(secrets?.retiringSecrets).toEqual([
      { secret: 'second', until: at(60_000) },
      { secret: 'first', until: at(60_000) },
    ]);
  });

  it('is forgotten by the next rotation when it has ended', () => {
    const secrets = rotate([
      ['second', 0, 60],
      ['third', DAY_MS, 60],
    ]);
    expect(secrets?.retiringSecrets).toEqual([{ secret: 'second', until: at(DAY_MS + 60_000) }]);
  });

  it(`is one of ${MAX_RETIRING} at most, unless all of them are ended`, () => {
    const steps = Array.from({ length: MAX_RETIRING }, (_, n) => [`secret-${n}`, 0, 3600] as const);
    expect(signing(rotate(steps), 0)).toHaveLength(MAX_RETIRING + 1);
    expect(rotate([...steps, ['one more', 0, 3600]])).toBeUndefined();
    expect(signing(rotate([...steps, ['one more', 0, 0]]), 0)).toEqual(['one more', `secret-${MAX_RETIRING - 1}`]);
    expect(signing(rotate([...steps, ['one more', 3_600_000, 60]]), 3_600_000)).toHaveLength(2);
  });
});
