import { randomUUID } from 'node:crypto';
import type { MessageOutcome } from '../domain/acknowledgement';
import { type AttemptResult, failureOf } from '../domain/attempt';
import { allows, triggerOf } from '../domain/delivery';
import { readFailedClaim } from '../domain/failed-claim';
import type { DeliveryMessage } from '../domain/message';
import { type NextStep, nextStep } from '../domain/next-step';
import type { DueAttempt } from '../queue/enqueue';
import type { AttemptDetail } from '../store/attempt-detail';
import type { ClaimAnswer, ClaimRequest } from '../store/claims';
import type { Destination } from '../store/configuration';
import type { Delivery, StoredAttempt } from '../store/delivery-items';
import type { StoredEvent } from '../store/events';
import type { AttemptRecord, Outcome } from '../store/outcomes';
import type { TransitionAnswer } from '../store/transitions';
import { buildRequest, recordedHeaders } from './outgoing';
import type { OutgoingRequest, Send } from './send';

/** What the delivery of a message needs from the world. Times are milliseconds since the epoch. */
export interface DeliverPorts {
  claim(request: ClaimRequest): Promise<ClaimAnswer>;
  record(record: AttemptRecord): Promise<boolean>;
  park(delivery: Delivery, now: number): Promise<TransitionAnswer>;
  redrive(delivery: Delivery, now: number): Promise<TransitionAnswer>;
  readDelivery(base: string, delivery: number): Promise<Delivery | undefined>;
  readEvent(base: string): Promise<StoredEvent | undefined>;
  readDestination(environment: string, id: string): Promise<Destination | undefined>;
  enqueueAt(due: DueAttempt, at: number, now: number): Promise<void>;
  /** Enqueues another message for an attempt that has one. SQS alone does it, at most its longest delay ahead. */
  enqueueCopy(due: DueAttempt, at: number, now: number): Promise<void>;
  send: Send;
  packDetail(detail: AttemptDetail): Uint8Array;
  now(): number;
  random(): number;
}

/** A message as SQS delivered it. */
export interface ReceivedMessage extends DeliveryMessage {
  readonly messageId: string;
  /** No further receive follows: SQS would move the message to the dead-letter queue instead. */
  readonly lastReceive: boolean;
  /** When the function has to be done, milliseconds since the epoch. */
  readonly deadline: number;
}

/** A claim outlives its attempt's timeout by this much, for the reads and writes around it. */
const CLAIM_MARGIN_MS = 10_000;

/** An attempt ends this long before the function does, so that its record can still be written. */
const RECORD_MARGIN_MS = 1_500;

/**
 * Does what a message asks for: claim the attempt, send it, record it, enqueue what follows. Safe to repeat at any point:
 * the same message, or a duplicate of it, finds the claim or the outcome.
 */
export async function deliverMessage(ports: DeliverPorts, message: ReceivedMessage): Promise<MessageOutcome> {
  const destination = await ports.readDestination(message.environment, message.destination);
  if (destination?.status === 'paused') return parkMessage(ports, message);
  const now = ports.now();
  const timeoutMs = attemptTimeout(destination, message, now);
  const claimId = randomUUID();
  const answer = await ports.claim({ message, claimId, now, until: now + timeoutMs + CLAIM_MARGIN_MS });
  if (answer.kind === 'refused') return refused(ports, message, answer.delivery);
  return attempt(ports, message, { claimId, timeoutMs, destination, delivery: answer.delivery });
}

function attemptTimeout(destination: Destination | undefined, message: ReceivedMessage, now: number): number {
  const left = message.deadline - now - RECORD_MARGIN_MS;
  return Math.max(1, Math.min(destination?.timeoutMs ?? left, left));
}

async function parkMessage(ports: DeliverPorts, message: ReceivedMessage): Promise<MessageOutcome> {
  const delivery = await ports.readDelivery(message.base, message.delivery);
  const due = delivery && delivery.made === message.attempt - 1 && allows('park', delivery.status);
  if (!due) return refused(ports, message, delivery);
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

interface Claimed {
  readonly claimId: string;
  readonly timeoutMs: number;
  readonly delivery: Delivery;
  readonly destination: Destination | undefined;
}

/** What was sent and what came back; nothing was sent when `outgoing` is absent. */
interface Exchange {
  readonly startedAt: number;
  readonly result: AttemptResult;
  readonly outgoing?: OutgoingRequest;
}

async function attempt(ports: DeliverPorts, message: ReceivedMessage, claimed: Claimed): Promise<MessageOutcome> {
  const { delivery, destination, claimId } = claimed;
  const exchange = await tryOnce(ports, message, claimed);
  const policy = destination?.retryPolicy ?? { maxAttempts: 1, schedule: [] };
  const inRound = message.attempt - delivery.roundStart;
  const final = exchange.outgoing === undefined;
  const step: NextStep = final
    ? { kind: 'dead', pauseDestination: false }
    : nextStep(exchange.result, inRound, policy, ports);
  const now = ports.now();
  const outcome = outcomeOf(step, message, now);
  const recorded = await ports.record({
    delivery,
    claimId,
    outcome,
    now,
    attempt: storedAttempt(ports, message, claimed, exchange),
    maxAttempts: policy.maxAttempts,
  });
  if (!recorded) return message.lastReceive ? renew(ports, message, now) : { kind: 'claim-lost' };
  if (outcome.kind === 'delivered') return { kind: 'delivered' };
  if (outcome.kind === 'dead') return { kind: 'died' };
  await ports.enqueueAt(next(message, message.attempt), outcome.nextAttemptAt, now);
  return { kind: 'retry-scheduled' };
}

function outcomeOf(step: NextStep, { messageId, token }: ReceivedMessage, now: number): Outcome {
  if (step.kind === 'delivered') return step;
  if (step.kind === 'retry') return { kind: 'retry', nextAttemptAt: now + step.delaySeconds * 1000 };
  return { ...step, messageId, token };
}

/** Sends the attempt, unless it is known that this cannot end well: then the failure says why nothing was sent. */
async function tryOnce(ports: DeliverPorts, message: ReceivedMessage, claimed: Claimed): Promise<Exchange> {
  const startedAt = ports.now();
  const fail = (text: string): Exchange => ({
    startedAt,
    result: { kind: 'error', code: 'worker_failed', message: text, latencyMs: 0 },
  });
  const { delivery, destination, timeoutMs } = claimed;
  const crashes = (delivery.claims ?? 1) - 1;
  if (message.lastReceive && crashes > 0)
    return fail(`The worker failed ${crashes} times before it could record the attempt`);
  if (!destination) return fail('The destination was deleted');
  const event = await ports.readEvent(message.base);
  if (!event) return fail('The event is no longer stored');
  const outgoing = buildRequest(event, delivery, destination, new Date(startedAt), timeoutMs);
  return { startedAt, outgoing, result: await ports.send(outgoing) };
}

function storedAttempt(
  ports: DeliverPorts,
  message: ReceivedMessage,
  { delivery, destination }: Claimed,
  { startedAt, outgoing, result }: Exchange,
): StoredAttempt {
  const failure = failureOf(result);
  const response = result.kind === 'response' ? result : undefined;
  return {
    number: message.attempt,
    trigger: triggerOf(delivery.cause, message.attempt - delivery.roundStart),
    startedAt,
    latencyMs: result.latencyMs,
    statusCode: response?.statusCode,
    errorCode: failure?.code,
    errorMessage: failure?.message,
    ...(outgoing &&
      destination && {
        detail: ports.packDetail({
          requestUrl: outgoing.url,
          requestMethod: outgoing.method,
          requestHeaders: recordedHeaders(outgoing.headers, destination),
          requestBodyBytes: outgoing.body.byteLength,
          responseHeaders: response?.headers ?? {},
          responseBody: response?.body,
        }),
      }),
  };
}
