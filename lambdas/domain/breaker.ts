/**
 * The breaker of a destination. Closed means that there is no circuit, so a healthy destination stores nothing.
 *
 * ```
 * closed ──threshold failures in a row──▶ open ──cool-down over, one worker takes the probe──▶ half open
 *   ▲                                      ▲ ▲                                                    │
 *   │                                      │ └──── probe failed: cool-down twice as long ─────────┤
 *   │                                      └────── probe inconclusive: due again at once ─────────┤
 *   └───────────────────────────────────────────── probe succeeded ───────────────────────────────┘
 * ```
 *
 * Every state has a token of its own. A change is conditional on the token that was read: of several workers that try
 * to change a state, one succeeds.
 */
export type Circuit = OpenCircuit | HalfOpenCircuit;

interface Tripped {
  /** Random, new for every state. */
  readonly token: string;
  /** When it first opened since it was last closed. Times are milliseconds since the epoch. */
  readonly openedAt: number;
  /** How often it has opened since it was closed. */
  readonly trips: number;
}

/** Nothing is sent until the cool-down is over. */
export interface OpenCircuit extends Tripped {
  readonly state: 'open';
  /** When the next probe is due. */
  readonly probeAt: number;
}

/** One worker sends one delivery to see whether the destination has recovered. */
export interface HalfOpenCircuit extends Tripped {
  readonly state: 'half_open';
  /** Until then the probe belongs to its worker; a worker that has not reported by then is gone. */
  readonly probeUntil: number;
}

export interface BreakerSettings {
  /** Failed attempts in a row that open it. */
  readonly threshold: number;
  /** How long it stays open the first time; twice as long each further time. */
  readonly coolDownSeconds: number;
  /** The longest cool-down. */
  readonly maxCoolDownSeconds: number;
}

/** What a delivery may do in this state: `probe` when the next probe is due and nobody is making it. */
export function admission(circuit: Circuit | undefined, now: number): 'send' | 'probe' | 'park' {
  if (!circuit) return 'send';
  const due = circuit.state === 'open' ? circuit.probeAt <= now : circuit.probeUntil < now;
  return due ? 'probe' : 'park';
}

/** Whether all deliveries to a destination have to wait: it is paused, or its circuit is open and no probe is due. */
export const mustWait = (
  { status, circuit }: { readonly status: 'active' | 'paused'; readonly circuit?: Circuit | undefined },
  now: number,
): boolean => status === 'paused' || admission(circuit, now) === 'park';

/** How long the circuit stays open when it opens for the `trips`th time in a row (from 1), in milliseconds. */
export function coolDownMs(trips: number, { coolDownSeconds, maxCoolDownSeconds }: BreakerSettings): number {
  return Math.min(maxCoolDownSeconds, coolDownSeconds * 2 ** (trips - 1)) * 1000;
}

/** The circuit after this many failures in a row: open, or undefined if it stays closed. */
export function trip(failures: number, settings: BreakerSettings, now: number, token: string): OpenCircuit | undefined {
  if (failures < settings.threshold) return undefined;
  return { state: 'open', token, openedAt: now, trips: 1, probeAt: now + coolDownMs(1, settings) };
}

/** A worker takes the probe, until `probeUntil`. */
export function startProbe({ openedAt, trips }: Circuit, probeUntil: number, token: string): HalfOpenCircuit {
  return { state: 'half_open', token, openedAt, trips, probeUntil };
}

/** The probe failed: open again, for twice as long. */
export function reopen(probe: HalfOpenCircuit, settings: BreakerSettings, now: number, token: string): OpenCircuit {
  const trips = probe.trips + 1;
  return { state: 'open', token, openedAt: probe.openedAt, trips, probeAt: now + coolDownMs(trips, settings) };
}

/** The probe was inconclusive (its event had expired, say): the next one is due at once. */
export function giveBack({ openedAt, trips }: HalfOpenCircuit, now: number, token: string): OpenCircuit {
  return { state: 'open', token, openedAt, trips, probeAt: now };
}
