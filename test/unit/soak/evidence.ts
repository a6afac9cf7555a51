import type { Trigger } from '../../../lambdas/domain/delivery';
import { deliveryId, eventId } from '../../../lambdas/domain/identifiers';
import { packDetail } from '../../../lambdas/store/deliveries/attempt-detail';
import { expectedStatus } from '../../../soak/checks/event-statuses';
import type { Evidence } from '../../../soak/evidence/evidence';
import {
  type DeliveryImage,
  type DeliveryStory,
  type Family,
  fingerprintOf,
  type Step,
} from '../../../soak/evidence/families';
import type { Received } from '../../../soak/receivers/receivers';
import { ROLES } from '../../../soak/receivers/roles';
import type { Publication } from '../../../soak/workload/publish';

export const BASE = '0190f3a2b4c57abc8def0123';
export const EVENT = eventId(BASE);
export const DELIVERY = deliveryId(BASE, 1);
const BYTES = Buffer.from('{"n":1}');

/** When the story begins, milliseconds since the epoch. */
export const T = 1_800_000_000_000;

const [steady] = ROLES;
const TARGET = { role: steady, destination: 'dst_1', connection: 'con_1' };

/** A delivery at one moment: pending, unless it is said otherwise. */
export const image = (overrides: Partial<DeliveryImage> = {}): DeliveryImage => ({
  ...{ status: 'pending', cause: 'auto', made: 0, roundStart: 0, con: 'con_1', dst: 'dst_1', updatedAt: T },
  ...overrides,
});

/** An attempt as it is stored; its answer bears a receipt where one is given. */
export const attempt = (number: number, receipt: string | undefined, startedAt = T + 100) => ({
  ...{ number, startedAt, latencyMs: 10 },
  detail: packDetail({
    ...{ requestUrl: 'http://x/steady', requestMethod: 'POST', requestHeaders: {}, requestBodyBytes: 7 },
    responseHeaders: receipt === undefined ? {} : { 'x-soak-receipt': receipt },
  }),
});

/** A claim that was made at `from`. */
export const claimed = (claimId: string, from: number, overrides: Partial<DeliveryImage> = {}) =>
  image({ status: 'sent', claimId, claimUntil: from + 11_000, updatedAt: from, ...overrides });

/** The story of a delivery that was these things, one after another. */
export function storyOf(...images: readonly DeliveryImage[]): DeliveryStory {
  const steps = images.map((after, index): Step => ({ index, before: images[index - 1], after }));
  return { id: DELIVERY, base: BASE, ordinal: 1, steps, attemptChanges: [], letterChanges: [] };
}

export const delivered = (receipt: string) =>
  image({ status: 'delivered', made: 1, updatedAt: T + 200, first: attempt(1, receipt) });

export const request = (overrides: Partial<Received> = {}): Received => ({
  ...{
    role: steady.name,
    event: EVENT,
    idempotencyKey: 'k',
    contentType: 'application/json',
    body: BYTES,
    at: T + 110,
  },
  ...{ signatureProblem: undefined, behaviour: 'accept', accepted: true, receipt: 'steady-0' },
  ...overrides,
});

export const familyOf = (...deliveries: readonly DeliveryStory[]): Family => ({
  ...{ base: BASE, fingerprint: fingerprintOf('application/json', BYTES), deliveries, changes: [] },
});

export const publication = (overrides: Partial<Publication> = {}): Publication => ({
  plan: {
    ...{ serial: 1, way: 'alone', key: undefined, type: 'soak.one' },
    ...{ contentType: 'application/json', bytes: BYTES, to: [] },
  },
  ...{ calls: 1, accepted: [EVENT], refused: [] },
  ...overrides,
});

const FAMILY = familyOf(storyOf(image(), claimed('c1', T + 50), delivered('steady-0')));

/** Evidence of a run in which one event was delivered at the first try, and all events are listed as they ended. */
export const evidence = (overrides: Partial<Evidence> = {}): Evidence => ({
  targets: [TARGET],
  publications: [publication()],
  ...{ actions: [], faults: [], requests: [request()] },
  families: [FAMILY],
  listed: (overrides.families ?? [FAMILY]).map((one) => ({ id: eventId(one.base), status: expectedStatus(one) })),
  ...{ recoveries: [], turns: [] },
  depths: { delivery: 0, setAside: 0 },
  consistency: { consistent: true, report: '' },
  repairs: 0,
  ...overrides,
});

export const action = (kind: Evidence['actions'][number]['kind'], ...about: string[]) => ({
  ...{ kind, about, from: T, until: T + 10, status: 200 },
});

export const causedBy = (cause: Trigger, updatedAt: number) => image({ cause, made: 1, roundStart: 1, updatedAt });
