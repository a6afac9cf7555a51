import type { DynamoDBRecord } from 'aws-lambda';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeliveryStatus } from '../../../lambdas/domain/delivery';
import { foldBatch } from '../../../lambdas/functions/aggregate/fold-batch';
import { ATTRIBUTES, COUNTS, countOf, readCounts, readNumber } from '../../../lambdas/statistics/counts';
import { summarize } from '../../../lambdas/statistics/read-statistics';
import { type History, histories, play, START } from './histories';
import { MemoryLedger } from './memory-ledger';

const NOW = START + 6 * 3_600_000;

/** How a shard's records are handed out: sizes of batches, and what goes wrong. */
const handing = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 40, maxLength: 40 }),
  failures: fc.array(fc.constantFrom(undefined, undefined, 'before' as const, 'after' as const), {
    minLength: 40,
    maxLength: 40,
  }),
  /** After which batches the position in the stream is lost, and how many batches back it starts again. */
  rewinds: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 40, maxLength: 40 }),
});

type Handing = typeof handing extends fc.Arbitrary<infer Value> ? Value : never;

/**
 * Hands the records of a shard to the fold as Lambda may: a batch that failed comes again, cut anew; a position that was
 * lost is taken up again where any earlier batch had ended.
 */
async function hand(ledger: MemoryLedger, shard: readonly DynamoDBRecord[], { sizes, rewinds }: Handing) {
  const ends = [0];
  for (let turn = 0; (ends.at(-1) ?? 0) < shard.length; turn += 1) {
    const from = ends.at(-1) ?? 0;
    const end = Math.min(shard.length, from + (sizes[turn % 40] ?? 1));
    try {
      await foldBatch({ ledger, setAside: async () => {}, now: () => NOW }, shard.slice(from, end));
      ends.push(end);
      const lost = turn < 40 ? (rewinds[turn] ?? 0) : 0;
      if (lost > 0) ends.splice(Math.max(1, ends.length - lost));
    } catch {
      // The stream hands it out again.
    }
  }
}

function interleave(all: readonly History[]): { shards: DynamoDBRecord[][]; left: Record<string, unknown>[] } {
  const played = all.map(play);
  const shards: DynamoDBRecord[][] = [[], []];
  const queues = played.map(({ records }, index) => ({ records: [...records], shard: shards[index % 2] ?? [] }));
  for (let turn = 0; queues.some(({ records }) => records.length > 0); turn += 7) {
    const queue = queues[turn % queues.length];
    const record = queue?.records.shift();
    if (record) queue?.shard.push(record);
    else turn -= 6;
  }
  return { shards, left: played.map(({ left }) => left).filter((item) => item !== undefined) };
}

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.ceil(q * sorted.length) - 1] ?? 0;

/** What ever came in by environment and source, and what was ever made for a destination: removals change none of it. */
function expectActivity(ledger: MemoryLedger, all: readonly History[]): void {
  const distinct = new Map(all.map((one) => [`${one.destination}/${one.source}`, one]));
  for (const { environment, destination, source } of distinct.values()) {
    const inEnvironment = all.filter((one) => one.environment === environment);
    const life = ledger.item(`STAT#ENV#${environment}`, 'LIFE');
    expect(readNumber(life, ATTRIBUTES.events)).toBe(inEnvironment.length);
    const bySource = inEnvironment.filter((one) => one.source === source).length;
    if (source !== undefined) expect(readNumber(life, ATTRIBUTES.of(source))).toBe(bySource);
    const made = all.filter((one) => one.destination === destination).length;
    expect(readNumber(ledger.item(`STAT#DST#${destination}`, 'LIFE'), ATTRIBUTES.made)).toBe(made);
  }
}

describe('the counters', { timeout: 180_000 }, () => {
  it('equal a recount, however batches are repeated, split and lost', async () => {
    let deliveries = 0;
    const failing = async (all: History[], how: Handing) => {
      const failures = how.failures.values();
      const ledger = new MemoryLedger(() => failures.next().value);
      const { shards, left } = interleave(all);
      for (const shard of shards) await hand(ledger, shard, how);
      deliveries += all.length;
      const subjects = new Set(left.flatMap(({ env, dst }) => [`ENV#${env}`, `DST#${dst}`]));
      for (const subject of subjects) {
        const own = left.filter(({ env, dst }) => subject === `ENV#${env}` || subject === `DST#${dst}`);
        const life = ledger.item(`STAT#${subject}`, 'LIFE');
        const expected = Object.fromEntries(
          COUNTS.map((count) => [
            count,
            own.filter(({ status }) => countOf(status as DeliveryStatus) === count).length,
          ]),
        );
        expect(readCounts(life)).toEqual(expected);
        const dead = own.filter(({ status }) => status === 'failed' || status === 'partial');
        expect(readNumber(life, ATTRIBUTES.dead)).toBe(dead.length);
      }
      expectActivity(ledger, all);
    };
    await fc.assert(fc.asyncProperty(histories({ minLength: 51, maxLength: 120 }), handing, failing), { numRuns: 60 });
    expect(deliveries).toBeGreaterThan(3_000);
  });

  it('give the totals and the latencies of every period as a recount of the deliveries does', async () => {
    const whole = async (all: History[], how: Handing) => {
      const lives = all.map(({ steps, ...rest }) => ({
        ...rest,
        steps: steps.filter(({ transition }) => transition !== 'remove'),
      }));
      const ledger = new MemoryLedger();
      const { shards, left } = interleave(lives);
      for (const shard of shards) await hand(ledger, shard, how);
      for (const width of ['MIN#', 'HOUR#']) {
        const statistics = summarize(ledger.partition('STAT#ENV#env_a', width));
        const own = left.filter(({ env }) => env === 'env_a');
        const of = (...words: string[]) => own.filter(({ status }) => words.includes(String(status))).length;
        expect(statistics).toMatchObject({
          total: own.length,
          delivered: of('delivered'),
          failed: of('failed', 'partial', 'schema_failed'),
          pending: of('pending', 'sent', 'retrying', 'circuit_open'),
        });
        const latencies = own
          .flatMap(({ first, last }) => ((last ?? first) as { latencyMs: number } | undefined) ?? [])
          .map(({ latencyMs }) => latencyMs)
          .sort((a, b) => a - b);
        const sum = latencies.reduce((total, latency) => total + latency, 0);
        expect(statistics.avgLatency).toBe(latencies.length > 0 ? Math.round(sum / latencies.length) : 0);
        for (const [name, q] of [
          ['p50Latency', 0.5],
          ['p95Latency', 0.95],
          ['p99Latency', 0.99],
        ] as const) {
          const exact = quantile(latencies, q);
          expect(Math.abs(statistics[name] - exact)).toBeLessThanOrEqual(0.02 * exact);
        }
      }
    };
    await fc.assert(fc.asyncProperty(histories({ minLength: 1, maxLength: 120 }), handing, whole), { numRuns: 40 });
  });
});
