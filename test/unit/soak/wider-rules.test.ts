import { describe, expect, test } from 'vitest';
import { targetsOf } from '../../../lambdas/domain/targets';
import { packDetail } from '../../../lambdas/store/deliveries/attempt-detail';
import { judge } from '../../../soak/checks/judge';
import type { Evidence } from '../../../soak/evidence/evidence';
import type { DeliveryImage } from '../../../soak/evidence/families';
import type { RecoveryImage } from '../../../soak/evidence/recoveries';
import type { Role } from '../../../soak/receivers/roles';
import * as e from './evidence';

const rulesOf = (overrides: Partial<Evidence>) => [
  ...new Set(judge(e.evidence(overrides)).violations.map(({ rule }) => rule)),
];

const withStory = (...images: readonly DeliveryImage[]): Partial<Evidence> => ({
  families: [e.familyOf(e.storyOf(...images))],
});

/** The role that gets everything, with something more to it. */
const targetWith = (more: Partial<Role>): Partial<Evidence> => ({
  targets: e.evidence().targets.map((target) => ({ ...target, role: { ...target.role, ...more } })),
});

describe('several targets are treated wrongly when', () => {
  const RULE = 'each of several targets is sent what it has not accepted, and a delivery ends by how many have';
  const mirrored = targetWith({ mirrors: [{ name: 'mirror', weights: {} }] });
  const [first, mirror] = targetsOf({ url: 'http://x/steady', mirrorUrls: ['http://x/mirror'] });

  /** An attempt at these receivers; those in `refusing` answer with 500. */
  const attempt = (receivers: readonly string[], refusing: readonly string[] = []) => {
    const targets = receivers.map((url) => ({
      ...{ url, latencyMs: 10, statusCode: 200 },
      ...(refusing.includes(url) && { statusCode: 500, errorCode: 'http_error' as const }),
    }));
    const shown = targets.find(({ url }) => refusing.includes(url)) ?? targets[0];
    return {
      ...{ number: 1, startedAt: e.T + 100, latencyMs: 10, errorCode: refusing.length > 0 ? 'http_error' : undefined },
      detail: packDetail({
        ...{ requestUrl: shown?.url ?? '', requestMethod: 'POST', requestHeaders: {}, requestBodyBytes: 7 },
        ...{ responseHeaders: {}, targets },
      }),
    };
  };
  const ending = (status: DeliveryImage['status'], made: ReturnType<typeof attempt>): Partial<Evidence> => ({
    ...mirrored,
    ...withStory(e.image(), e.claimed('c1', e.T + 50), e.image({ status, made: 1, updatedAt: e.T + 200, first: made })),
    requests: [e.request(), e.request({ role: 'mirror', receipt: 'mirror-0' })],
  });
  const both = [first ?? '', mirror ?? ''];

  test('it counts as delivered and one has not accepted', () => {
    expect(rulesOf(ending('delivered', attempt(both)))).not.toContain(RULE);
    expect(rulesOf(ending('delivered', attempt(both, both.slice(1))))).toContain(RULE);
  });

  test('it counts as failed and one has accepted, or as partial and none has', () => {
    expect(rulesOf(ending('partial', attempt(both, both.slice(1))))).not.toContain(RULE);
    expect(rulesOf(ending('failed', attempt(both, both.slice(1))))).toContain(RULE);
    expect(rulesOf(ending('partial', attempt(both, both)))).toContain(RULE);
  });

  test('one is left out', () => {
    expect(rulesOf(ending('delivered', attempt(both.slice(0, 1))))).toContain(RULE);
  });

  test('one that has accepted is sent to again', () => {
    const overrides = ending('partial', attempt(both, both.slice(1)));
    const again = (receivers: readonly string[]) => {
      const after = { ...attempt(receivers), number: 2 };
      const change = { index: 9, pk: `EVT#${e.BASE}`, sk: 'DLV#0001#ATT#0002', before: undefined, after };
      return overrides.families?.map((family) => ({
        ...family,
        deliveries: family.deliveries.map((story) => ({ ...story, attemptChanges: [change] })),
      }));
    };
    expect(rulesOf({ ...overrides, families: again(both.slice(1)) ?? [] })).not.toContain(RULE);
    expect(rulesOf({ ...overrides, families: again(both) ?? [] })).toContain(RULE);
  });
});

describe('the list of events is wrong when', () => {
  const RULE = 'every event is listed once, with the status that its deliveries give it';
  const ended = (status: DeliveryImage['status']) => e.storyOf(e.image({ status }));
  const listedAs = (...shown: readonly string[]) => shown.map((status) => ({ id: e.EVENT, status }));
  const isWrong = (listed: Evidence['listed'], ...statuses: readonly DeliveryImage['status'][]) =>
    rulesOf({ families: [e.familyOf(...statuses.map(ended))], listed }).includes(RULE);

  test('one is missing, or in it twice', () => {
    expect(isWrong(listedAs('delivered'), 'delivered')).toBe(false);
    expect(isWrong([], 'delivered')).toBe(true);
    expect(isWrong(listedAs('delivered', 'delivered'), 'delivered')).toBe(true);
  });

  test.each([
    ['delivered', ['delivered', 'delivered']],
    ['failed', ['failed', 'schema_failed']],
    ['partial', ['delivered', 'schema_failed']],
    ['partial', ['delivered', 'partial']],
    ['partial', ['partial', 'partial']],
    ['pending', ['delivered', 'retrying']],
  ] as const)('one is not %s with deliveries that are %s', (status, statuses) => {
    expect(isWrong(listedAs(status), ...statuses)).toBe(false);
    expect(isWrong(listedAs(status === 'partial' ? 'failed' : 'partial'), ...statuses)).toBe(true);
  });
});

describe('a schema is not kept when', () => {
  const RULE = 'what a schema refuses is recorded as refused and never sent, and nothing else is refused';
  const refusal = { number: 1, startedAt: e.T, latencyMs: 0, errorCode: 'schema_invalid' };
  const refused = e.image({ status: 'schema_failed', made: 1, first: refusal });
  /** The payload of the event has the number 1. */
  const [refusing, taking] = [targetWith({ takesMultiplesOf: 2 }), targetWith({ takesMultiplesOf: 1 })];
  const quiet = { requests: [] };

  test('it takes what was refused, or refuses what was sent', () => {
    expect(rulesOf({ ...refusing, ...quiet, ...withStory(refused) })).toEqual([]);
    expect(rulesOf({ ...taking, ...quiet, ...withStory(refused) })).toEqual([RULE]);
    expect(rulesOf(taking)).toEqual([]);
    expect(rulesOf(refusing)).toEqual([RULE]);
  });

  test('a refusal is no attempt, or one that was sent', () => {
    for (const first of [undefined, { ...e.attempt(1, undefined), errorCode: 'schema_invalid' }])
      expect(rulesOf({ ...refusing, ...quiet, ...withStory({ ...refused, first }) })).toContain(RULE);
  });

  test('it goes on to refuse after it was removed; from then on everything is sent', () => {
    const actions = [e.action('remove schema', 'con_1')];
    expect(rulesOf({ ...refusing, actions })).toEqual([]);
    const late = withStory({ ...refused, updatedAt: e.T + 60_000 });
    expect(rulesOf({ ...refusing, ...quiet, ...late, actions })).toEqual([RULE]);
  });
});

describe('a rate limit is not kept when', () => {
  const RULE =
    'a receiver with a rate limit has never seen more requests than turns were due, and these keep their distance';
  const limited = targetWith({ rateLimit: 4 });
  const turns = (...times: readonly number[]) => times.map((at) => ({ destination: 'dst_1', at }));

  test('a request comes before its turn, or without one', () => {
    expect(rulesOf({ ...limited, turns: turns(e.T + 110) })).toEqual([]);
    expect(rulesOf({ ...limited, turns: turns(e.T + 200) })).toEqual([RULE]);
    expect(rulesOf(limited)).toEqual([RULE]);
  });

  test('turns are closer together than it allows', () => {
    expect(rulesOf({ ...limited, turns: turns(e.T, e.T + 250) })).toEqual([]);
    expect(rulesOf({ ...limited, turns: turns(e.T, e.T + 200) })).toEqual([RULE]);
  });

  test('and a request that is made again after its worker was lost may go on the same turn', () => {
    const requests = [e.request({ receipt: 'steady-1', at: e.T + 60 }), e.request({ at: e.T + 20_050 })];
    const lost = [e.image(), e.claimed('c1', e.T + 50), e.claimed('c2', e.T + 20_000), e.delivered('steady-0')];
    const faults = [{ kind: 'worker ended' as const, at: e.T + 70, text: '', about: e.BASE }];
    const once = turns(e.T + 50);
    expect(rulesOf({ ...limited, ...withStory(...lost), requests, faults, turns: once })).not.toContain(RULE);
    expect(rulesOf({ ...limited, requests, turns: once })).toContain(RULE);
  });
});

describe('a recovery is broken when', () => {
  const RULE = 'every recovery ends, counts what it has replayed, and leaves nothing out unless it was cancelled';
  const iso = (at: number) => new Date(at).toISOString();
  const recovery = (overrides: Partial<RecoveryImage> = {}): RecoveryImage => ({
    ...{ id: 'rec_1', destination: 'dst_1', from: iso(0), to: iso(e.T), status: 'done', seen: 1, replayed: 1 },
    ...{ skipped: 0, createdAt: iso(e.T + 10_000), finishedAt: iso(e.T + 20_000) },
    ...overrides,
  });
  const died = e.image({ status: 'failed', made: 1, deathToken: 't', updatedAt: e.T + 200 });
  const replayed = withStory(died, { ...e.causedBy('replay', e.T + 15_000), recovery: 'rec_1' });
  const broken = (one: RecoveryImage, more: Partial<Evidence> = replayed) =>
    rulesOf({ ...more, recoveries: [one] }).includes(RULE);

  test('it does not end', () => {
    expect(broken(recovery())).toBe(false);
    expect(broken(recovery({ status: 'running', finishedAt: undefined }))).toBe(true);
    expect(broken(recovery({ plan: [] }))).toBe(true);
    expect(broken(recovery({ attPk: 'RECOVERIES' }))).toBe(true);
  });

  test('it goes on although it was cancelled', () => {
    const actions = [e.action('cancel recovery', 'rec_1')];
    expect(broken(recovery(), { ...replayed, actions })).toBe(true);
    expect(broken(recovery({ status: 'cancelled' }), { ...replayed, actions })).toBe(false);
  });

  test('its counts are not those of its deliveries', () => {
    expect(broken(recovery({ seen: 2, replayed: 2 }))).toBe(true);
    expect(broken(recovery({ seen: 2 }))).toBe(true);
    expect(broken(recovery({ seen: 2, skipped: 1 }))).toBe(false);
  });

  test('it leaves out what had failed before it began', () => {
    const none = { seen: 0, replayed: 0 };
    expect(broken(recovery(none), withStory(died))).toBe(true);
    expect(broken(recovery({ ...none, destination: 'dst_2' }), withStory(died))).toBe(false);
    expect(broken(recovery({ ...none, status: 'cancelled' }), withStory(died))).toBe(false);
    expect(broken(recovery(none), withStory({ ...died, updatedAt: e.T + 12_000 }))).toBe(false);
  });
});

describe('a repair is broken when', () => {
  const RULE = 'the sweep mends only deliveries whose message was lost';
  const LATER = e.T + 7_200_000;
  const fault = (kind: 'message expired' | 'worker ended', about: string) => ({ kind, at: e.T + 60, text: '', about });
  const mended = (before: DeliveryImage): Partial<Evidence> => withStory(before, e.image({ updatedAt: LATER }));

  test.each([
    ['pending', e.image()],
    ['sent', e.claimed('c1', e.T)],
    ['retrying', e.image({ status: 'retrying' })],
  ])('a delivery that is %s is mended and its message did not expire', (_, before) => {
    expect(rulesOf({ ...mended(before) })).toContain(RULE);
    expect(rulesOf({ ...mended(before), faults: [fault('message expired', '"dlv_other"')] })).toContain(RULE);
    expect(rulesOf({ ...mended(before), faults: [fault('message expired', `"${e.DELIVERY}"`)] })).not.toContain(RULE);
  });

  test('a retry is missing for no reason; that its message died of faults is one', () => {
    const faults = [fault('worker ended', e.BASE)];
    expect(rulesOf({ ...mended(e.image({ status: 'retrying' })), faults })).not.toContain(RULE);
    expect(rulesOf({ ...mended(e.image()), faults })).toContain(RULE);
  });
});
