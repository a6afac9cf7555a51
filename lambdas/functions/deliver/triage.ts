import { randomUUID } from 'node:crypto';
import type { Destination } from '../../configuration/destination';
import type { MessageOutcome } from '../../domain/acknowledgement';
import { readFailedClaim } from '../../domain/failed-claim';
import type { ClaimAnswer, ClaimRequest } from '../../store/deliveries/claims';
import type { Delivery } from '../../store/deliveries/delivery-items';
import type { TransitionAnswer } from '../../store/deliveries/transitions';
import type { Admitted, Breaker } from './breaker';
import { dueAttempt, isOpen, type QueuePorts, type ReceivedMessage, renew } from './received-message';
import { type TurnPorts, takeTurn } from './take-turn';

/** What triage needs. Times are milliseconds since the epoch. */
export interface TriagePorts extends TurnPorts, QueuePorts {
  readonly breaker: Breaker;
  readDestination(environment: string, id: string): Promise<Destination | undefined>;
  claim(request: ClaimRequest): Promise<ClaimAnswer>;
  park(delivery: Delivery, now: number): Promise<TransitionAnswer>;
  redrive(delivery: Delivery, now: number): Promise<TransitionAnswer>;
}

/** An attempt that this worker has claimed. */
export interface Claimed {
  readonly kind: 'claimed';
  readonly claimId: string;
  /** When the claim ends, milliseconds since the epoch. */
  readonly until: number;
  /** How long the attempt may take. */
  readonly timeoutMs: number;
  readonly delivery: Delivery;
  readonly admitted: Admitted;
}

/** How much longer a claim lasts than its attempt's timeout, for the reads and writes around it. */
const CLAIM_MARGIN_MS = 10_000;

/** An attempt ends this long before the function does, so that its record can still be written. */
const RECORD_MARGIN_MS = 1_500;

/**
 * Finds out what there is to do for a message: it waits for its turn, asks the breaker, and claims the attempt.
 *
 * @returns the claim, or what became of the message where it has none
 */
export async function triage(ports: TriagePorts, message: ReceivedMessage): Promise<Claimed | MessageOutcome> {
  const read = () => ports.readDestination(message.environment, message.destination);
  const turn = await takeTurn(ports, message, await read());
  if (turn.kind === 'nothing-to-send') return unclaimed(ports, message, turn.delivery);
  if (turn.kind === 'queued') return { kind: 'rate-limited', until: turn.until };
  // Waiting for the turn may have taken a second.
  const destination = await read();
  const now = ports.now();
  const timeoutMs = attemptTimeout(destination, message, now);
  const until = now + timeoutMs + CLAIM_MARGIN_MS;
  const isDue = async () => isOpen(message, await ports.readDelivery(message.base, message.ordinal));
  const admitted = await ports.breaker.admit(destination, until, isDue);
  if (admitted.kind === 'park') return park(ports, message);
  const claimId = randomUUID();
  const answer = await ports.claim({ message, claimId, now, until });
  if (answer.kind === 'claimed') return { ...answer, claimId, until, timeoutMs, admitted };
  await ports.breaker.judge(admitted, 'nothing');
  return unclaimed(ports, message, answer.delivery);
}

function attemptTimeout(destination: Destination | undefined, message: ReceivedMessage, now: number): number {
  const left = message.deadline - now - RECORD_MARGIN_MS;
  return Math.max(1, Math.min(destination?.timeoutMs ?? left, left));
}

async function park(ports: TriagePorts, message: ReceivedMessage): Promise<MessageOutcome> {
  const delivery = await ports.readDelivery(message.base, message.ordinal);
  if (!isOpen(message, delivery)) return unclaimed(ports, message, delivery);
  const answer = await ports.park(delivery, ports.now());
  return answer.kind === 'done' ? { kind: 'parked' } : unclaimed(ports, message, answer.delivery);
}

/** Does what is left to do for a message that has no attempt to make: its delivery says why. */
async function unclaimed(
  ports: TriagePorts,
  message: ReceivedMessage,
  delivery: Delivery | undefined,
): Promise<MessageOutcome> {
  const reason = readFailedClaim(delivery, message);
  switch (reason.kind) {
    case 'drop':
      return { kind: 'dropped', why: reason.why };
    case 'dying':
      return { kind: 'dying' };
    case 'busy':
      return message.lastReceive ? renew(ports, message, reason.until) : reason;
    case 'ensure-retry':
      await ports.enqueueAt(dueAttempt(message, message.attempt + 1), reason.nextAttemptAt, ports.now());
      return { kind: 'retry-ensured' };
    case 'redriven':
      // A refusal means that somebody else has just restarted it, which is all that the redrive wanted.
      if (delivery) await ports.redrive(delivery, ports.now());
      return { kind: 'redriven' };
    default:
      return reason satisfies never;
  }
}
