import type { Destination } from '../../configuration/destination';
import {
  admission,
  type BreakerSettings,
  type Circuit,
  giveBack,
  type HalfOpenCircuit,
  reopen,
  startProbe,
  trip,
} from '../../domain/breaker';
import type { CircuitAnswer } from '../../store/configuration/circuits';

/** A delivery that may be sent, perhaps as the one probe of a half-open circuit. */
export interface Admitted {
  readonly kind: 'send';
  /** As last read; undefined if it was deleted. */
  readonly destination: Destination | undefined;
  readonly probe?: HalfOpenCircuit;
}

/** What a delivery may do: wait, or be sent. */
export type Admission = { readonly kind: 'park' } | Admitted;

/** What an attempt says about its destination; `nothing` when nothing was sent, or the answer did not count. */
export type Verdict = 'success' | 'failure' | 'nothing';

/** A change of a breaker that is logged and counted. */
export type BreakerNews = 'opened' | 'probing' | 'reopened' | 'released' | 'closed';

/** Decides whether deliveries are sent, and learns from what came of them. */
export interface Breaker {
  /**
   * @param leaseUntil when the worker has certainly given up, milliseconds since the epoch
   * @param isDue whether there is anything to send: checked first, because a stray message must not be the probe
   */
  admit(destination: Destination | undefined, leaseUntil: number, isDue: () => Promise<boolean>): Promise<Admission>;
  /** Updates the breaker after an attempt. Never throws: the attempt is already recorded. */
  judge(admitted: Admitted, verdict: Verdict): Promise<void>;
}

/** What the breaker needs from outside. */
export interface BreakerPorts {
  countFailure(destination: Destination): Promise<CircuitAnswer>;
  forgetFailures(destination: Destination): Promise<CircuitAnswer>;
  openCircuit(destination: Destination, circuit: Circuit, failures: number): Promise<CircuitAnswer>;
  changeCircuit(destination: Destination, read: Circuit, circuit: Circuit, failures: number): Promise<CircuitAnswer>;
  closeCircuit(destination: Destination, read: Circuit, now: number): Promise<CircuitAnswer>;
  /** The destination as this instance last saw it, from memory. */
  lastSeen(destination: Destination): Promise<Destination | undefined>;
  /** Remembers a destination as returned by a write. */
  remember(read: Destination, now: Destination | undefined): void;
  newToken(): string;
  /** Milliseconds since the epoch. */
  now(): number;
  tell(news: BreakerNews, destination: Destination): void;
  /** Hears of a write that failed after an attempt: the count lags behind, and a probe is replaced after its lease. */
  report(error: unknown): void;
}

/** A destination that others keep changing is looked at this often; then its delivery waits. */
const MAX_LOOKS = 3;

/** The breakers of all destinations, as one instance of the function sees them. */
export function createBreaker(ports: BreakerPorts, settings: BreakerSettings): Breaker {
  const noted = async (read: Destination, answer: CircuitAnswer, news?: BreakerNews): Promise<CircuitAnswer> => {
    ports.remember(read, answer.destination);
    if (answer.kind === 'done' && news) ports.tell(news, answer.destination);
    return answer;
  };

  async function admit(
    read: Destination | undefined,
    leaseUntil: number,
    isDue: () => Promise<boolean>,
  ): Promise<Admission> {
    let destination = read;
    for (let look = 0; look < MAX_LOOKS; look += 1) {
      if (!destination) return { kind: 'send', destination };
      const { circuit, failures = 0, status } = destination;
      const may = status === 'paused' ? 'park' : admission(circuit, ports.now());
      if (!circuit || may !== 'probe') return may === 'park' ? { kind: 'park' } : { kind: 'send', destination };
      if (!(await isDue())) return { kind: 'park' };
      const probe = startProbe(circuit, leaseUntil, ports.newToken());
      const taken = await ports.changeCircuit(destination, circuit, probe, failures);
      const answer = await noted(destination, taken, 'probing');
      if (answer.kind === 'done') return { kind: 'send', destination: answer.destination, probe };
      destination = answer.destination;
    }
    return { kind: 'park' };
  }

  async function settleProbe(destination: Destination, probe: HalfOpenCircuit, verdict: Verdict): Promise<void> {
    const [now, failures] = [ports.now(), destination.failures ?? 0];
    if (verdict === 'success') {
      await noted(destination, await ports.closeCircuit(destination, probe, now), 'closed');
    } else if (verdict === 'failure') {
      const next = reopen(probe, settings, now, ports.newToken());
      await noted(destination, await ports.changeCircuit(destination, probe, next, failures + 1), 'reopened');
    } else {
      const next = giveBack(probe, now, ports.newToken());
      await noted(destination, await ports.changeCircuit(destination, probe, next, failures), 'released');
    }
  }

  async function countFailure(destination: Destination): Promise<void> {
    const counted = await noted(destination, await ports.countFailure(destination));
    if (counted.kind === 'refused') return;
    const { failures = 0 } = counted.destination;
    const circuit = trip(failures, settings, ports.now(), ports.newToken());
    if (circuit) await noted(destination, await ports.openCircuit(destination, circuit, failures), 'opened');
  }

  async function learn(read: Destination, verdict: Verdict): Promise<void> {
    // Other messages of this instance may have changed it since this one was admitted.
    const destination = (await ports.lastSeen(read)) ?? read;
    // An attempt sent before the circuit opened says nothing new.
    if (destination.circuit || destination.status === 'paused') return;
    if (verdict === 'failure') await countFailure(destination);
    else if ((destination.failures ?? 0) > 0) await noted(destination, await ports.forgetFailures(destination));
  }

  return {
    admit,
    async judge({ destination, probe }, verdict) {
      try {
        if (!destination) return;
        if (probe) await settleProbe(destination, probe, verdict);
        else if (verdict !== 'nothing') await learn(destination, verdict);
      } catch (error) {
        ports.report(error);
      }
    },
  };
}
