import { describe, expect, test } from 'vitest';
import { deadLetterId } from '../../../lambdas/domain/identifiers';
import type { FaultKind } from '../../../soak/chaos/fault-log';
import { historyOf } from '../../../soak/checks/history';
import { judge } from '../../../soak/checks/judge';
import type { Evidence } from '../../../soak/evidence/evidence';
import type { DeliveryImage, DeliveryStory } from '../../../soak/evidence/families';
import { reportOf } from '../../../soak/report';
import * as e from './evidence';

const rulesOf = (overrides: Partial<Evidence>) => [
  ...new Set(judge(e.evidence(overrides)).violations.map(({ rule }) => rule)),
];

const withStory = (...images: readonly DeliveryImage[]): Partial<Evidence> => ({
  families: [e.familyOf(e.storyOf(...images))],
});

const fault = (kind: FaultKind, at: number, about: string = e.BASE) => ({ kind, at, text: '', about });

const letter = (sk: string, open: boolean): DeliveryStory['letterChanges'] =>
  (open ? [true] : [true, false]).map((there, index) => ({
    ...{ index, pk: `EVT#${e.BASE}`, sk, before: there ? undefined : {}, after: there ? {} : undefined },
  }));

const failed = (open: boolean): DeliveryStory => ({
  ...e.storyOf(
    e.image(),
    e.claimed('c1', e.T + 50),
    e.image({ status: 'failed', made: 1, deathToken: 't', updatedAt: e.T + 200, first: e.attempt(1, 'steady-0') }),
  ),
  letterChanges: letter('DLV#0001#DLQ#0001', open),
});

test('a run in which everything went well breaks no rule', () => {
  expect(judge(e.evidence()).violations).toEqual([]);
  expect(reportOf(e.evidence())).toMatchObject({ passed: true });
});

describe('acceptance is broken when', () => {
  const RULE = ['every accepted event is stored, once for each key, and no other'];

  test('an accepted event is not stored', () => {
    expect(rulesOf({ families: [], requests: [] })).toEqual(RULE);
  });

  test('an event is stored that nobody published', () => {
    const stranger = { ...e.familyOf(), base: 'f'.repeat(24), fingerprint: 'other' };
    expect(rulesOf({ families: [...e.evidence().families, stranger] })).toContain(RULE[0]);
  });

  test('one call without a key is stored twice', () => {
    const twin = { ...e.familyOf(), base: 'f'.repeat(24) };
    expect(rulesOf({ families: [...e.evidence().families, twin] })).toContain(RULE[0]);
  });

  test('one key was answered with two identifiers', () => {
    const one = e.publication();
    const keyed = { ...one, plan: { ...one.plan, key: 'k' }, accepted: [e.EVENT, `evt_${'f'.repeat(32)}`] };
    expect(rulesOf({ publications: [keyed] })).toEqual(RULE);
  });
});

describe('deliveries are broken when', () => {
  test('an event has none', () => {
    expect(rulesOf({ families: [e.familyOf()], requests: [] })).toEqual([
      'every event has all its deliveries, each of them once',
    ]);
  });

  test('one is made again though nobody asked for it, and not when somebody did', () => {
    const again = {
      ...e.storyOf(
        e.image({ cause: 'requeue' }),
        e.claimed('c2', e.T + 300, { cause: 'requeue' }),
        e.delivered('steady-1'),
      ),
      ordinal: 2,
      id: 'dlv_2',
    };
    const overrides = {
      families: [e.familyOf(...(e.evidence().families[0]?.deliveries ?? []), again)],
      requests: [e.request(), e.request({ receipt: 'steady-1' })],
    };
    expect(rulesOf(overrides)).toEqual(['every event has all its deliveries, each of them once']);
    expect(rulesOf({ ...overrides, actions: [e.action('requeue', deadLetterId(e.BASE, 1, 1))] })).toEqual([]);
  });

  test.each(['sent', 'pending', 'retrying', 'circuit_open'] as const)('one is %s in the end', (status) => {
    const { violations } = judge(e.evidence(withStory(e.image({ status }))));
    expect(violations.map(({ text }) => text)).toContain(`${e.DELIVERY} is ${status} in the end`);
  });

  test('one failed without a dead letter, unless a call deleted it', () => {
    const rule = 'every delivery is delivered, or failed with a dead letter, or was deleted by a call';
    expect(rulesOf({ families: [e.familyOf(failed(true))] })).toEqual([]);
    expect(rulesOf({ families: [e.familyOf(failed(false))] })).toEqual([rule]);
    const deletion = e.action('delete dead letter', deadLetterId(e.BASE, 1, 1));
    expect(rulesOf({ families: [e.familyOf(failed(false))], actions: [deletion] })).toEqual([]);
    const refused = { ...deletion, status: 404 };
    expect(rulesOf({ families: [e.familyOf(failed(false))], actions: [refused] })).toEqual([rule]);
  });
});

describe('the stream is broken when', () => {
  const RULE = 'no transition in the stream is illegal';

  test('a delivery is written over', () => {
    expect(rulesOf(withStory(e.image(), e.claimed('c1', e.T + 50), e.image()))).toContain(RULE);
  });

  test('a delivered one is claimed', () => {
    const images = [
      e.image(),
      e.claimed('c1', e.T + 50),
      e.delivered('steady-0'),
      e.claimed('c2', e.T + 300, { made: 1 }),
    ];
    expect(rulesOf(withStory(...images))).toContain(RULE);
  });

  test('an attempt is counted twice, or not at all', () => {
    for (const made of [0, 2])
      expect(rulesOf(withStory(e.image(), e.claimed('c1', e.T + 50), { ...e.delivered('steady-0'), made }))).toContain(
        RULE,
      );
  });

  test('a round begins that nobody asked for', () => {
    const rule = 'every fresh round was asked for';
    const story = failed(false);
    const steps = [...story.steps, { index: 3, before: story.steps[2]?.after, after: e.causedBy('manual', e.T + 400) }];
    const overrides = { families: [e.familyOf({ ...story, steps })] };
    expect(rulesOf(overrides)).toContain(rule);
    expect(rulesOf({ ...overrides, actions: [e.action('retry', e.DELIVERY)] })).not.toContain(rule);
    expect(rulesOf({ ...overrides, actions: [e.action('redrive')] })).toContain(rule);
  });
});

describe('claims are broken when', () => {
  const twice = (from: number) =>
    withStory(e.image(), e.claimed('c1', e.T + 50), e.claimed('c2', from), {
      ...e.delivered('steady-0'),
      updatedAt: from + 100,
    });

  test('two of them overlap', () => {
    expect(rulesOf({ ...twice(e.T + 5_000), faults: [fault('worker ended', e.T + 60)] })).toEqual([
      'no two live claims overlap',
    ]);
  });

  test('one was lost and no fault explains it', () => {
    const rule = ['every claim that was not recorded has a fault that explains it'];
    expect(rulesOf(twice(e.T + 20_000))).toEqual(rule);
    expect(rulesOf({ ...twice(e.T + 20_000), faults: [fault('worker ended', e.T + 60, 'another event')] })).toEqual(
      rule,
    );
    expect(rulesOf({ ...twice(e.T + 20_000), faults: [fault('messages twice', e.T + 60)] })).toEqual(rule);
    expect(rulesOf({ ...twice(e.T + 20_000), faults: [fault('worker ended', e.T + 60)] })).toEqual([]);
    expect(rulesOf({ ...twice(e.T + 20_000), faults: [fault('stack restarted', e.T + 60, '')] })).toEqual([]);
  });

  test('the first attempt is written twice', () => {
    const later = { ...e.delivered('steady-0'), updatedAt: e.T + 300, first: e.attempt(1, 'steady-0', e.T + 250) };
    expect(rulesOf(withStory(e.image(), e.claimed('c1', e.T + 50), e.delivered('steady-0'), later))).toContain(
      'no attempt number is used twice',
    );
  });
});

describe('requests are broken when', () => {
  test.each([
    ['the bytes differ', { body: Buffer.from('{"n": 1}') }],
    ['the content type differs', { contentType: 'text/plain' }],
    ['the signature is wrong', { signatureProblem: 'No signature matches.' }],
    ['nobody published the event', { event: `evt_${'f'.repeat(32)}` }],
  ])('%s', (_, overrides) => {
    expect(rulesOf({ requests: [e.request(overrides)] })).toContain(
      'receivers see every payload byte for byte, with a signature that verifies',
    );
  });

  test('one is nobody’s attempt, unless it was made under a claim that was lost', () => {
    const requests = [e.request(), e.request({ receipt: 'steady-1', at: e.T + 60 })];
    expect(rulesOf({ requests })).toEqual([
      'every request that a receiver saw is a recorded attempt, or its worker ended before it could record it',
    ]);
    const lost = withStory(
      e.image(),
      e.claimed('c1', e.T + 50),
      e.claimed('c2', e.T + 20_000),
      e.delivered('steady-0'),
    );
    expect(rulesOf({ ...lost, requests, faults: [fault('worker ended', e.T + 70)] })).toEqual([]);
  });

  test('an answer is recorded that no receiver gave', () => {
    expect(rulesOf({ requests: [] })).toContain('every answer that is recorded was given by a receiver, once');
  });

  test('something counts as delivered that its receiver did not accept', () => {
    expect(rulesOf({ requests: [e.request({ behaviour: 'error 500', accepted: false })] })).toEqual([
      'what counts as delivered was accepted by its receiver',
    ]);
  });
});

describe('the rest is broken when', () => {
  test('messages are left, or were set aside', () => {
    expect(rulesOf({ depths: { delivery: 1, setAside: 0 } })).toHaveLength(1);
    expect(rulesOf({ depths: { delivery: 0, setAside: 1 } })).toHaveLength(1);
  });

  test('counters, lists and queue disagree', () => {
    const report = 'Minutes: 2 figures, 1 DIFFER\n    x: table 1, found 2\n';
    const { violations } = judge(e.evidence({ consistency: { consistent: false, report } }));
    expect(violations).toMatchObject([{ text: expect.stringContaining('table 1, found 2') }]);
  });

  test('the sweep repairs something though nothing went wrong', () => {
    expect(rulesOf({ repairs: 1 })).toEqual(['without faults the sweep repairs nothing']);
    expect(rulesOf({ repairs: 1, faults: [fault('call delayed', e.T)] })).toEqual([]);
  });
});

test('a failure is told with the history of the first event that broke a rule, in the order of time', () => {
  const broken = e.evidence({
    ...withStory(e.image(), e.claimed('c1', e.T + 50)),
    faults: [fault('worker ended', e.T + 120)],
    actions: [e.action('redrive')],
  });
  const { passed, text } = reportOf(broken);
  expect(passed).toBe(false);
  expect(text).toContain(historyOf(broken, e.BASE));
  const order = ['new → pending', 'call: redrive', ') → sent', 'request at steady: accept', 'fault: worker ended'];
  const places = order.map((part) => historyOf(broken, e.BASE).indexOf(part));
  expect(places).toEqual([...places].sort((one, other) => one - other));
  expect(places.every((place) => place > 0)).toBe(true);
});
