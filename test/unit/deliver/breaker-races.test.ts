import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admission } from '../../../lambdas/domain/breaker';
import { type Admission, createBreaker } from '../../../lambdas/functions/deliver/breaker';
import { MemoryCircuits, type Shared } from '../support/memory-circuits';
import { destinationOf, NOW } from '../support/records';

const settings = { threshold: 3, coolDownSeconds: 10, maxCoolDownSeconds: 40 };
const LEASE = 20_000;
const CACHE_MS = 5_000;
const WORKERS = 3;

type Step =
  | { readonly kind: 'arrive'; readonly worker: number }
  | { readonly kind: 'answer'; readonly which: number; readonly verdict: 'success' | 'failure' | 'nothing' | 'crash' }
  | { readonly kind: 'wait'; readonly ms: number };

const worker = fc.nat({ max: WORKERS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('arrive' as const), worker }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      which: fc.nat({ max: 10 }),
      verdict: fc.constantFrom('success', 'failure', 'failure', 'nothing', 'crash'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat({ max: 15_000 }) }) },
);

type Sent = Extract<Admission, { kind: 'send' }>;
interface OnItsWay {
  readonly worker: number;
  readonly admitted: Sent;
  readonly until: number;
}

/** Several instances of the function over one table, each with a cache that is up to five seconds old. */
class Instances {
  time = NOW;
  readonly shared: Shared = { destination: destinationOf() };
  readonly circuits = Array.from(
    { length: WORKERS },
    (_, n) => new MemoryCircuits(this.shared, () => this.time, `${n}`),
  );
  readonly breakers = this.circuits.map((one) => createBreaker(one, settings));
  readonly onTheirWay: OnItsWay[] = [];
  readonly #readAt = this.circuits.map(() => Number.NEGATIVE_INFINITY);

  async take(step: Step): Promise<void> {
    if (step.kind === 'wait') this.time += step.ms;
    else if (step.kind === 'arrive') await this.arrive(step.worker);
    else await this.answer(step.which, step.verdict);
  }

  async arrive(worker: number): Promise<Admission | undefined> {
    const circuits = this.circuits[worker];
    if (!circuits) return undefined;
    if (this.time - (this.#readAt[worker] ?? 0) > CACHE_MS) {
      circuits.seen = this.shared.destination;
      this.#readAt[worker] = this.time;
    }
    const until = this.time + LEASE;
    const admitted = await this.breakers[worker]?.admit(circuits.seen, until, async () => true);
    if (admitted?.kind === 'send') this.onTheirWay.push({ worker, admitted, until });
    return admitted;
  }

  async answer(which: number, verdict: 'success' | 'failure' | 'nothing' | 'crash'): Promise<void> {
    const [one] = this.onTheirWay.splice(which % Math.max(1, this.onTheirWay.length), 1);
    if (!one || verdict === 'crash') return;
    // A worker that answers after its lease is one that a timeout would have ended.
    if (one.until >= this.time) await this.breakers[one.worker]?.judge(one.admitted, verdict);
  }

  liveProbes(): number {
    return this.onTheirWay.filter(({ admitted, until }) => admitted.probe && until >= this.time).length;
  }
}

const histories = fc.array(step, { maxLength: 120 });

async function play(steps: readonly Step[], look: (instances: Instances) => void): Promise<Instances> {
  const instances = new Instances();
  for (const one of steps) {
    await instances.take(one);
    look(instances);
  }
  return instances;
}

describe('whatever happens to the deliveries of several workers with old caches', () => {
  it('there is never more than one live probe, and only a half-open circuit has one', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (steps) => {
        await play(steps, (instances) => {
          const probes = instances.liveProbes();
          expect(probes).toBeLessThanOrEqual(1);
          if (probes === 1) expect(instances.shared.destination?.circuit?.state).toBe('half_open');
        });
      }),
      { numRuns: 300 },
    );
  });

  it('the circuit never stays open: after the longest wait the next delivery is a probe, and its success closes it', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (steps) => {
        const instances = await play(steps, () => {});
        instances.onTheirWay.length = 0;
        instances.time += 60_000;
        const wasOpen = instances.shared.destination?.circuit !== undefined;
        const admitted = await instances.arrive(0);
        expect(admitted?.kind).toBe('send');
        expect(admitted?.kind === 'send' && admitted.probe !== undefined).toBe(wasOpen);
        await instances.answer(0, 'success');
        expect(instances.shared.destination?.circuit).toBeUndefined();
        if (wasOpen) expect(instances.shared.destination?.drainingSince).toBe(instances.time);
      }),
      { numRuns: 300 },
    );
  });

  it('every cool-down is as long as the number of trips says, and no longer than the cap', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (steps) => {
        await play(steps, ({ shared, time }) => {
          const { circuit, failures = 0 } = shared.destination ?? {};
          if (!circuit) return;
          expect(failures).toBeGreaterThanOrEqual(settings.threshold);
          if (circuit.state === 'open') expect(circuit.probeAt - time).toBeLessThanOrEqual(40_000);
          expect(['park', 'probe']).toContain(admission(circuit, time));
        });
      }),
      { numRuns: 200 },
    );
  });
});
