import { randomUUID } from 'node:crypto';
import type { Destination } from '../../configuration/destination';
import type { MessageOutcome } from '../../domain/acknowledgement';
import { readFailedClaim } from '../../domain/failed-claim';
import type { DeliveryMessage } from '../../domain/message';
import { type NextStep, nextStepOfAll } from '../../domain/next-step';
import { hasMirrors } from '../../domain/targets';
import type { DueAttempt } from '../../queue/enqueue';
import type { Delivery } from '../../store/deliveries/delivery-items';
import type { Outcome } from '../../store/deliveries/outcomes';
import { isOpen } from './is-open';
import type { DeliverPorts, ReceivedMessage } from './ports';
import { takeTurn } from './take-turn';
import { type Claimed, isHopeless, storedAttempt, tryOnce, verdictOf } from './try-once';

/** A claim outlives its attempt's timeout by this much, for the reads and writes around it. */
const CLAIM_MARGIN_MS = 10_000;

/** An attempt ends this long before the function does, so that its record can still be written. */
const RECORD_MARGIN_MS = 1_500;

/**
 * Does what a message asks for: claim the attempt, send it, record it, enqueue what follows. Safe to repeat at any point:
 * the same message, or a duplicate of it, finds the claim or the outcome.
 */
export async function deliverMessage(ports: DeliverPorts, message: ReceivedMessage): Promise<MessageOutcome> {
  const read = () => ports.readDestination(message.environment, message.destination);
  const turn = await takeTurn(ports, message, await read());
  if (turn.kind === 'nothing-to-send') return refused(ports, message, turn.delivery);
  if (turn.kind === 'queued') return { kind: 'rate-limited', until: turn.until };
  // It may have taken a second until it was our turn.
  const destination = await read();
  const now = ports.now();
  const timeoutMs = attemptTimeout(destination, message, now);
  const until = now + timeoutMs + CLAIM_MARGIN_MS;
  const isDue = async () => isOpen(message, await ports.readDelivery(message.base, message.delivery));
  const admitted = await ports.breaker.admit(destination, until, isDue);
  if (admitted.kind === 'park') return parkMessage(ports, message);
  const claimId = randomUUID();
  const answer = await ports.claim({ message, claimId, now, until });
  if (answer.kind === 'claimed') return attempt(ports, message, { claimId, timeoutMs, admitted, ...answer });
  await ports.breaker.judge(admitted, 'nothing');
  return refused(ports, message, answer.delivery);
}

function attemptTimeout(destination: Destination | undefined, message: ReceivedMessage, now: number): number {
  const left = message.deadline - now - RECORD_MARGIN_MS;
  return Math.max(1, Math.min(destination?.timeoutMs ?? left, left));
}

async function parkMessage(ports: DeliverPorts, message: ReceivedMessage): Promise<MessageOutcome> {
  const delivery = await ports.readDelivery(message.base, message.delivery);
  if (!isOpen(message, delivery)) return refused(ports, message, delivery);
  const answer = await ports.park(delivery, ports.now());
  return answer.kind === 'done' ? { kind: 'parked' } : refused(ports, message, answer.delivery);
}

/** The message could not claim its attempt: the delivery says why, and what is left to do. */
async function refused(
  ports: DeliverPorts,
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
      await ports.enqueueAt(next(message, message.attempt), reason.nextAttemptAt, ports.now());
      return { kind: 'retry-ensured' };
    case 'redriven':
      return redrive(ports, delivery);
    default:
      return reason satisfies never;
  }
}

async function redrive(ports: DeliverPorts, delivery: Delivery | undefined): Promise<MessageOutcome> {
  // Refused: somebody else restarted it in this moment, and that is all the redrive wanted.
  if (delivery) await ports.redrive(delivery, ports.now());
  return { kind: 'redriven' };
}

/**
 * Puts a fresh copy in the queue, to be looked at when `until` has passed: the message itself has had its last receive,
 * and would be moved to the dead-letter queue although its delivery is not dead. A copy that comes too soon waits like any
 * other message.
 */
export async function renew(
  ports: Pick<DeliverPorts, 'enqueueCopy' | 'now'>,
  message: DeliveryMessage,
  until: number,
): Promise<MessageOutcome> {
  await ports.enqueueCopy(next(message, message.attempt - 1), until + 1000, ports.now());
  return { kind: 'renewed' };
}

/** The attempt that follows on `made` attempts. */
function next({ base, delivery, environment, destination }: DeliveryMessage, made: number): DueAttempt {
  return { base, delivery, environment, destination, attempt: made + 1 };
}

async function attempt(ports: DeliverPorts, message: ReceivedMessage, claimed: Claimed): Promise<MessageOutcome> {
  const { delivery, claimId, admitted } = claimed;
  const { destination } = admitted;
  // Other receives may have used the message up (a claim that had to be waited for, say). Should this worker fail as well,
  // a copy goes on where SQS takes the message away.
  if (message.lastReceive && !isHopeless(message, delivery))
    await renew(ports, message, ports.now() + claimed.timeoutMs + CLAIM_MARGIN_MS);
  const exchange = await tryOnce(ports, message, claimed);
  const policy = destination?.retryPolicy ?? { maxAttempts: 1, schedule: [] };
  const inRound = message.attempt - delivery.roundStart;
  const final = exchange.outgoing === undefined && exchange.result.kind === 'error';
  const step: NextStep = final
    ? { kind: 'dead', pauseDestination: false }
    : nextStepOfAll(exchange.results, exchange.accepted.length > 0, inRound, policy, ports);
  const now = ports.now();
  const outcome = outcomeOf(step, message, now);
  const recorded = await ports.record({
    delivery,
    claimId,
    outcome,
    now,
    attempt: storedAttempt(ports, message, claimed, exchange),
    maxAttempts: policy.maxAttempts,
    accepted: hasMirrors(destination) ? exchange.accepted : undefined,
  });
  if (recorded && outcome.kind === 'retry')
    await ports.enqueueAt(next(message, message.attempt), outcome.nextAttemptAt, now);
  await ports.breaker.judge(admitted, recorded ? verdictOf(exchange) : 'nothing');
  if (!recorded) return message.lastReceive ? renew(ports, message, now) : { kind: 'claim-lost' };
  return ENDED[outcome.kind];
}

const ENDED = {
  delivered: { kind: 'delivered' },
  dead: { kind: 'died' },
  retry: { kind: 'retry-scheduled' },
} as const satisfies Record<Outcome['kind'], MessageOutcome>;

function outcomeOf(step: NextStep, { messageId, token }: ReceivedMessage, now: number): Outcome {
  if (step.kind === 'delivered') return step;
  if (step.kind === 'retry') return { kind: 'retry', nextAttemptAt: now + step.delaySeconds * 1000 };
  return { ...step, messageId, token };
}
