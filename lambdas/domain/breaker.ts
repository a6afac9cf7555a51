/**
 * The breaker of a destination. Closed is the absence of a circuit, so that a healthy destination stores and pays nothing.
 *
 * ```
 * closed ──threshold failures in a row──▶ open ──cool-down over, one worker takes the probe──▶ half open
 *   ▲                                      ▲ ▲                                                    │
 *   │                                      │ └──── probe failed: cool-down twice as long ─────────┤
 *   │                                      └────── probe told nothing: due again at once ─────────┤
 *   └───────────────────────────────────────────── probe succeeded ───────────────────────────────┘
 * ```
 *
 * Every state bears a token of its own. A change is written under the condition that the token that was read still
 * stands: of several workers that would change a state, one does.
 */
export type Circuit = OpenCircuit | HalfOpenCircuit;

interface Tripped {
  /** Random, new for every state. */
  readonly token: string;
  /** When it opened first since it was closed. Times are milliseconds since the epoch. */
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

/** One worker sends one delivery, to see how the destination does. */
export interface HalfOpenCircuit extends Tripped {
  readonly state: 'half_open';
  /** Until then the probe is its worker's; a worker that has not answered by then is gone. */
  readonly probeUntil: number;
}

export interface BreakerSettings {
  /** Failed attempts in a row that open it. */
  readonly threshold: number;
  /** How long it stays open the first time; each further time twice as long. */
  readonly coolDownSeconds: number;
  /** The longest cool-down. */
  readonly maxCoolDownSeconds: number;
}

/** What a delivery does that finds the circuit so: `probe` when the next probe is due and nobody is at it. */
export function admission(circuit: Circuit | undefined, now: number): 'send' | 'probe' | 'park' {
  if (!circuit) return 'send';
  const due = circuit.state === 'open' ? circuit.probeAt <= now : circuit.probeUntil < now;
  return due ? 'probe' : 'park';
}

/** Whether everything that is due at a destination has to wait: it is paused, or its circuit is open and no probe is due. */
export const mustWait = (
  { status, circuit }: { readonly status: 'active' | 'paused'; readonly circuit?: Circuit | undefined },
  now: number,
): boolean => status === 'paused' || admission(circuit, now) === 'park';

/** How long the circuit stays open when it opens for the `trips`th time in a row (from 1), in milliseconds. */
export function coolDownMs(trips: number, { coolDownSeconds, maxCoolDownSeconds }: BreakerSettings): number {
  return Math.min(maxCoolDownSeconds, coolDownSeconds * 2 ** (trips - 1)) * 1000;
}

/** What becomes of a closed circuit after so many failures in a row: the open one, or undefined when it stays closed. */
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

/** The probe told nothing about the destination (its event had expired, say): the next one is due at once. */
export function giveBack({ openedAt, trips }: HalfOpenCircuit, now: number, token: string): OpenCircuit {
  return { state: 'open', token, openedAt, trips, probeAt: now };
}
