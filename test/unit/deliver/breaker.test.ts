import { beforeEach, describe, expect, it } from 'vitest';
import { type Admission, type Breaker, createBreaker } from '../../../lambdas/functions/deliver/breaker';
import { MemoryCircuits, type Shared } from '../support/memory-circuits';
import { destinationOf, NOW } from '../support/records';

const settings = { threshold: 3, coolDownSeconds: 30, maxCoolDownSeconds: 60 };
const LEASE = 70_000;
const due = async () => true;
const open = { state: 'open', token: 'x', openedAt: NOW, trips: 1, probeAt: NOW } as const;

let time = NOW;
let shared: Shared;
let ports: MemoryCircuits;
let breaker: Breaker;

beforeEach(() => {
  time = NOW;
  shared = { destination: destinationOf() };
  [ports, breaker] = worker('one');
});

function worker(name: string): [MemoryCircuits, Breaker] {
  const circuits = new MemoryCircuits(shared, () => time, name);
  return [circuits, createBreaker(circuits, settings)];
}

type Sent = Extract<Admission, { kind: 'send' }>;

/** A delivery that is let through. */
async function sent(by = breaker, read = shared.destination): Promise<Sent> {
  const admitted = await by.admit(read, time + LEASE, due);
  if (admitted.kind === 'park') throw new Error('It was parked.');
  return admitted;
}
async function fail(times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) await breaker.judge(await sent(), 'failure');
}

describe('a healthy destination', () => {
  it('costs no write, whatever is delivered to it', async () => {
    for (let n = 0; n < 50; n += 1) await breaker.judge(await sent(), 'success');
    expect(ports.tried).toBe(0);
  });

  it('pays one write for a failure and one for the success after it', async () => {
    await fail(1);
    expect(ports.tried).toBe(1);
    for (let n = 0; n < 5; n += 1) await breaker.judge(await sent(), 'success');
    expect([ports.tried, shared.destination?.failures]).toEqual([2, undefined]);
  });

  it('is not held to what its deliveries cannot help: no request was made', async () => {
    for (let n = 0; n < 5; n += 1) await breaker.judge(await sent(), 'nothing');
    expect(ports.tried).toBe(0);
  });

  it('that was deleted is none of the business of a breaker', async () => {
    const admitted = await breaker.admit(undefined, time + LEASE, due);
    expect(admitted).toEqual({ kind: 'send', destination: undefined });
    if (admitted.kind === 'send') await breaker.judge(admitted, 'failure');
    expect(ports.tried).toBe(0);
  });
});

describe('failures in a row', () => {
  it('open the circuit at the threshold, told once', async () => {
    await fail(3);
    expect(shared.destination).toMatchObject({
      failures: 3,
      circuit: { state: 'open', trips: 1, probeAt: NOW + 30_000 },
    });
    expect(ports.news).toEqual(['opened']);
    expect(await breaker.admit(shared.destination, time + LEASE, due)).toEqual({ kind: 'park' });
  });

  it('begin anew after a success', async () => {
    await fail(2);
    await breaker.judge(await sent(), 'success');
    await fail(2);
    expect(shared.destination?.circuit).toBeUndefined();
  });

  it('of several workers open it together, and only one of them says so', async () => {
    const [otherPorts, other] = worker('two');
    const requests = await Promise.all([sent(), sent(), sent(other), sent(other)]);
    await Promise.all(requests.map((one, n) => (n < 2 ? breaker : other).judge(one, 'failure')));
    expect([...ports.news, ...otherPorts.news]).toEqual(['opened']);
  });

  it('of requests that were on their way when it opened change nothing, and neither do their successes', async () => {
    const late = await Promise.all([sent(), sent()]);
    await fail(3);
    const { destination } = shared;
    for (const [n, one] of late.entries()) await breaker.judge(one, n === 0 ? 'failure' : 'success');
    expect(shared.destination).toEqual(destination);
  });

  it('that were reset by hand meanwhile do not open it', async () => {
    await fail(2);
    const { openCircuit } = ports;
    ports.openCircuit = (...call) => {
      shared.destination = destinationOf();
      return openCircuit(...call);
    };
    await fail(1);
    expect(shared.destination?.circuit).toBeUndefined();
  });

  it('lose nothing but their count when it cannot be written', async () => {
    const failure = new Error('throttled');
    ports.countFailure = () => Promise.reject(failure);
    await fail(1);
    expect(ports.errors).toEqual([failure]);
  });
});

describe('the probe', () => {
  beforeEach(() => {
    shared.destination = destinationOf({ failures: 3, circuit: open });
  });

  it('is taken by one of several workers; the others park', async () => {
    const [, other] = worker('two');
    const read = shared.destination;
    const answers = await Promise.all(
      [breaker, other, breaker, other].map((one) => one.admit(read, time + LEASE, due)),
    );
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['park', 'park', 'park', 'send']);
    expect(shared.destination?.circuit).toMatchObject({ state: 'half_open', probeUntil: NOW + LEASE });
  });

  it('that succeeds closes the circuit and lets the sweep drain', async () => {
    const probe = await sent();
    time += 500;
    await breaker.judge(probe, 'success');
    expect(shared.destination).toEqual(destinationOf({ drainingSince: NOW + 500 }));
    expect(ports.news).toEqual(['probing', 'closed']);
  });

  it('that fails opens it again, twice as long each time, up to the cap', async () => {
    const waits: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      await breaker.judge(await sent(), 'failure');
      const { circuit } = shared.destination ?? {};
      if (circuit?.state !== 'open') throw new Error('It is not open.');
      waits.push(circuit.probeAt - time);
      time = circuit.probeAt;
    }
    expect(waits).toEqual([60_000, 60_000, 60_000]);
    expect(shared.destination).toMatchObject({ failures: 6, circuit: { trips: 4, openedAt: NOW } });
  });

  it('is not taken by a stray message, which has nothing to send', async () => {
    const { destination } = shared;
    expect(await breaker.admit(destination, time + LEASE, async () => false)).toEqual({ kind: 'park' });
    expect([ports.tried, shared.destination]).toEqual([0, destination]);
  });

  it('that found nothing to send is given back, due at once', async () => {
    await breaker.judge(await sent(), 'nothing');
    expect((await sent()).probe).toBeDefined();
    expect(ports.news).toEqual(['probing', 'released', 'probing']);
  });

  it('whose worker is gone is replaced after its lease, and changes nothing should it answer after all', async () => {
    const lost = await sent();
    time = NOW + LEASE + 1;
    const [, other] = worker('two');
    const { probe } = await sent(other);
    await breaker.judge(lost, 'success');
    expect(shared.destination?.circuit).toEqual(probe);
  });

  it('is not sent when the destination was paused in this moment', async () => {
    const read = shared.destination;
    shared.destination = destinationOf({ status: 'paused' });
    expect(await breaker.admit(read, time + LEASE, due)).toEqual({ kind: 'park' });
  });

  it('is an ordinary delivery when the circuit was closed in this moment, or the destination deleted', async () => {
    const read = shared.destination;
    shared.destination = destinationOf();
    expect(await breaker.admit(read, time + LEASE, due)).toEqual({ kind: 'send', destination: destinationOf() });
    shared.destination = undefined;
    expect(await breaker.admit(read, time + LEASE, due)).toEqual({ kind: 'send', destination: undefined });
  });

  it('waits when the circuit changes again and again under its hands', async () => {
    let token = 0;
    const { changeCircuit } = ports;
    ports.changeCircuit = (...call) => {
      token += 1;
      shared.destination = destinationOf({ circuit: { ...open, token: `new-${token}` } });
      return changeCircuit(...call);
    };
    expect(await breaker.admit(shared.destination, time + LEASE, due)).toEqual({ kind: 'park' });
    expect(ports.tried).toBe(3);
  });
});
