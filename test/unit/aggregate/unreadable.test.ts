import { describe, expect, it, vi } from 'vitest';
import { foldBatch } from '../../../lambdas/functions/aggregate/fold-batch';
import { recordOf, START } from './histories';
import { MemoryLedger } from './memory-ledger';

const delivery = {
  ...{ pk: 'EVT#01', sk: 'DLV#0001', env: 'env_a', dst: 'dst_1', con: 'con_1', status: 'pending' },
  createdAt: new Date(START).toISOString(),
};
const good = () => recordOf(undefined, delivery);

describe('a record that cannot be read', () => {
  it.each([
    ['a status that there is not', { ...delivery, status: 'lost' }],
    ['no destination', { ...delivery, dst: undefined }],
    ['a creation time that is none', { ...delivery, createdAt: 'yesterday' }],
    ['a latency below zero', { ...delivery, first: { latencyMs: -1 } }],
  ])('such as one with %s is set aside, and the others of its batch are counted', async (_, image) => {
    const ledger = new MemoryLedger();
    const setAside = vi.fn(async () => {});
    const bad = recordOf(undefined, image);
    expect(await foldBatch({ ledger, setAside, now: () => START }, [good(), bad, good()])).toBe(1);
    expect(setAside).toHaveBeenCalledExactlyOnceWith(bad, expect.objectContaining({ name: 'UnreadableRecordError' }));
    expect(ledger.item('STAT#ENV#env_a', 'LIFE')).toMatchObject({ n_open: 2 });
  });

  it('fails its batch when it cannot be set aside, and the repetition counts nothing twice', async () => {
    const ledger = new MemoryLedger();
    const setAside = vi.fn(async () => {}).mockRejectedValueOnce(new Error('SQS does not answer'));
    const batch = [good(), recordOf(undefined, { ...delivery, status: 'lost' })];
    await expect(foldBatch({ ledger, setAside, now: () => START }, batch)).rejects.toThrow('SQS does not answer');
    await foldBatch({ ledger, setAside, now: () => START }, batch);
    expect(setAside).toHaveBeenCalledTimes(2);
    expect(ledger.item('STAT#ENV#env_a', 'LIFE')).toMatchObject({ n_open: 1 });
  });
});

describe('an error of AWS', () => {
  it('fails the batch, so that the stream hands it out again', async () => {
    const ledger = new MemoryLedger(() => 'before');
    const setAside = vi.fn(async () => {});
    await expect(foldBatch({ ledger, setAside, now: () => START }, [good()])).rejects.toThrow('AWS does not answer');
    expect(setAside).not.toHaveBeenCalled();
  });
});
