import type { MessageOutcome } from '../../domain/acknowledgement';
import { type NextStep, nextStepOfAll } from '../../domain/next-step';
import { hasMirrors } from '../../domain/targets';
import type { AttemptRecord, Outcome } from '../../store/deliveries/outcomes';
import type { Breaker, Verdict } from './breaker';
import { dueAttempt, type QueuePorts, type ReceivedMessage, renew } from './received-message';
import { recordedAttempt } from './recorded-attempt';
import { type Attempted, isHopeless, type SendPorts, sendToTargets } from './send-to-targets';
import type { Claimed } from './triage';

/** What an attempt needs. Times are milliseconds since the epoch. */
export interface AttemptPorts extends SendPorts, QueuePorts {
  readonly breaker: Breaker;
  /** Answers false when the claim was lost: then nothing was written. */
  record(record: AttemptRecord): Promise<boolean>;
  /** A number in [0, 1). */
  readonly random: () => number;
}

/** Makes an attempt: sends it, records it with what follows, enqueues its retry, and tells the breaker. */
export async function attempt(
  ports: AttemptPorts,
  message: ReceivedMessage,
  claimed: Claimed,
): Promise<MessageOutcome> {
  const { delivery, claimId, admitted } = claimed;
  const { destination } = admitted;
  // Earlier receives may have been spent on waiting (for a claim, say). If this worker fails as well and SQS takes the
  // message away, a copy carries on.
  if (message.lastReceive && !isHopeless(message, delivery)) await renew(ports, message, claimed.until);
  const attempted = await sendToTargets(ports, message, claimed);
  const policy = destination?.retryPolicy ?? { maxAttempts: 1, schedule: [] };
  const results = attempted.exchanges.map(({ result }) => result);
  const inRound = message.attempt - delivery.roundStart;
  const step: NextStep =
    attempted.impossible === undefined
      ? nextStepOfAll(results, attempted.accepted.length > 0, inRound, policy, ports.random)
      : { kind: 'dead', pauseDestination: false };
  const now = ports.now();
  const outcome = outcomeOf(step, message, now);
  const recorded = await ports.record({
    delivery,
    claimId,
    outcome,
    now,
    attempt: recordedAttempt(message, claimed, attempted),
    maxAttempts: policy.maxAttempts,
    accepted: hasMirrors(destination) ? attempted.accepted : undefined,
  });
  if (recorded && outcome.kind === 'retry')
    await ports.enqueueAt(dueAttempt(message, message.attempt + 1), outcome.nextAttemptAt, now);
  await ports.breaker.judge(admitted, recorded ? verdictOf(attempted) : 'nothing');
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

/**
 * What an attempt says about its destination. One that is gone is paused, which is more than a breaker does. Where one of
 * several targets accepts, the destination takes deliveries: a mirror that is down must not keep them from the others.
 */
export function verdictOf({ exchanges, accepted }: Pick<Attempted, 'exchanges' | 'accepted'>): Verdict {
  if (exchanges.length === 0) return 'nothing';
  if (exchanges.some(({ result }) => result.kind === 'accepted')) return 'success';
  return accepted.length > 0 || exchanges.some(({ result }) => result.kind === 'gone') ? 'nothing' : 'failure';
}
