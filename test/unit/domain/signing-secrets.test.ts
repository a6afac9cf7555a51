import { describe, expect, it } from 'vitest';
import { activeSecrets, MAX_RETIRING, rotated, type SigningSecrets } from '../../../lambdas/domain/signing-secrets';
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

const signing = (secrets: SigningSecrets | undefined, ms: number) => secrets && activeSecrets(secrets, NOW + ms);

describe('a signing secret that was rotated', () => {
  it('signs besides the new one until the overlap ends, and not in that moment any more', () => {
    const secrets = rotate([['second', 0, 60]]);
    expect(signing(secrets, 0)).toEqual(['second', 'first']);
    expect(signing(secrets, 59_999)).toEqual(['second', 'first']);
    expect(signing(secrets, 60_000)).toEqual(['second']);
  });

  it('signs no more at once when there is no overlap, and neither do those before it', () => {
    expect(rotate([['second', 0, 0]])).toEqual({ signingSecrets: ['second'], retiringSecrets: [] });
    expect(
      signing(
        rotate([
          ['second', 0, 3600],
          ['third', 1000, 0],
        ]),
        1000,
      ),
    ).toEqual(['third']);
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
    expect(signing(rotate([...steps, ['one more', 0, 0]]), 0)).toEqual(['one more']);
    expect(signing(rotate([...steps, ['one more', 3_600_000, 60]]), 3_600_000)).toHaveLength(2);
  });
});
