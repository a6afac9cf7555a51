import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { foldBatch } from '../../../lambdas/functions/aggregate/fold-batch';
import { type History, play, START } from './histories';
import { MemoryLedger } from './memory-ledger';

const BATCH_SIZE = 300;

const delivered = (event: number): History => ({
  event,
  environment: 'env_a',
  destination: `dst_${event % 5}`,
  source: 'src_1',
  createdAt: START + event,
  steps: [
    { transition: 'claim', latencyMs: 0 },
    { transition: 'deliver', latencyMs: 20 + (event % 70) },
  ],
});

async function writesFor(records: readonly DynamoDBRecord[]): Promise<MemoryLedger> {
  const ledger = new MemoryLedger();
  for (let at = 0; at < records.length; at += BATCH_SIZE) {
    const batch = records.slice(at, at + BATCH_SIZE);
    await foldBatch({ ledger, setAside: async () => {}, now: () => START }, batch);
  }
  return ledger;
}

describe('what counting costs', () => {
  it('is fewer than 0.2 items a delivery for a hundred deliveries to five destinations', async () => {
    const records = Array.from({ length: 100 }, (_, event) => play(delivered(event)).records).flat();
    expect(records).toHaveLength(300);
    const { writes, transactions } = await writesFor(records);
    expect(transactions).toBe(1);
    // Six subjects with a minute, an hour and a lifetime each, and the marker.
    expect(writes / 100).toBe(0.19);
  });

  it('stays there when a hundred deliveries are settled in a later batch than they began in', async () => {
    const lives = Array.from({ length: 100 }, (_, event) => play(delivered(event)).records);
    const begun = lives.flatMap((records) => records.slice(0, 2));
    const settled = lives.flatMap((records) => records.slice(2));
    const steady = [...begun, ...Array.from({ length: 9 }, () => [...settled, ...begun]).flat(), ...settled];
    const unique = steady.map((record, index) => ({ ...record, eventID: `steady-${index}` }));
    const { writes } = await writesFor(unique);
    expect(writes / 1000).toBeLessThan(0.2);
  });

  it('keeps every transaction within 100 items, however many destinations a batch concerns', async () => {
    const wide = Array.from({ length: 150 }, (_, event) => play({ ...delivered(event), destination: `dst_${event}` }));
    const { transactions, items } = await writesFor(wide.flatMap(({ records }) => records));
    expect(transactions).toBeGreaterThan(1);
    expect(
      [...items.values()].filter(({ pk, n_delivered: n }) => String(pk).startsWith('STAT#DST#') && n === 1),
    ).toHaveLength(450);
  });
});
