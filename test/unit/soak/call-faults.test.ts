import { describe, expect, test } from 'vitest';
import { type Answer, Call, ConnectionBroken, jsonAnswer } from '../../../local/calls/call';
import { callFaults } from '../../../soak/chaos/call-faults';
import { FaultLog } from '../../../soak/chaos/fault-log';

interface Seen {
  readonly answers: (Answer | 'broken')[];
  readonly forwarded: Call[];
  readonly killed: string[];
  readonly log: FaultLog;
}

const callOf = (invocation: number, caller: Call['caller'], operation: string): Call =>
  new Call({
    ...{ caller, service: 'dynamodb', operation, method: 'POST', path: '/', body: Buffer.from('{"about":"it"}') },
    headers: { 'amz-sdk-invocation-id': String(invocation) },
  });

const WORKER = { kind: 'function', logicalId: 'aggregateF00', worker: 'worker-1' } as const;

/** Makes calls, each tried up to three times as the SDK does. */
async function makeCalls(count: number, active = true, caller: Call['caller'] = WORKER): Promise<Seen> {
  const seen: Seen = { answers: [], forwarded: [], killed: [], log: new FaultLog() };
  const intercept = callFaults({
    seed: 4,
    log: seen.log,
    active: () => active,
    killWorker: async (name, worker) => void seen.killed.push(`${name} ${worker}`),
  });
  for (let n = 0; n < count; n += 1)
    for (let tries = 0; tries < 3; tries += 1) {
      const answer = await intercept(callOf(n, caller, 'UpdateItem'), async (call) => {
        seen.forwarded.push(call);
        return jsonAnswer(200, {});
      }).catch((error: unknown) => {
        if (!(error instanceof ConnectionBroken)) throw error;
        return 'broken' as const;
      });
      seen.answers.push(answer);
      if (answer !== 'broken' && answer.status === 200) break;
    }
  return seen;
}

describe('faults at calls', () => {
  test('are of every kind, written down with what they concern', async () => {
    const { log, killed, answers } = await makeCalls(300);
    const kinds = Object.keys(log.counts());
    expect(kinds.sort()).toEqual([
      ...['answer lost', 'call delayed', 'call failed', 'call failed for good'],
      ...['worker killed after a call', 'worker killed before a call'],
    ]);
    expect(
      log.records.every(({ about, text }) => about.includes('it') && text.startsWith('aggregate UpdateItem')),
    ).toBe(true);
    expect(new Set(killed)).toEqual(new Set(['aggregate worker-1']));
    expect(answers).toContain('broken');
  }, 60_000);

  test('take effect or do not, as their names say', async () => {
    const { log, forwarded } = await makeCalls(300);
    const { 'call failed for good': failed = 0 } = log.counts();
    // All other calls are tried again by the SDK, and reach the table then.
    const reached = new Set(forwarded.map(({ headers }) => headers['amz-sdk-invocation-id'])).size;
    expect(reached).toBe(300 - failed);
    const { 'answer lost': lost = 0, 'worker killed after a call': after = 0 } = log.counts();
    expect(forwarded).toHaveLength(reached + lost + after);
  }, 60_000);

  test('follow from the seed', async () => {
    const kinds = async () => (await makeCalls(100)).log.records.map(({ kind, text }) => `${kind} ${text}`);
    expect(await kinds()).toEqual(await kinds());
  }, 60_000);

  test('do not happen while they are off, and never to people', async () => {
    expect((await makeCalls(100, false)).log.records).toEqual([]);
    const person = { kind: 'other', accessKeyId: 'operator' } as const;
    expect((await makeCalls(100, true, person)).log.records).toEqual([]);
  });
});
