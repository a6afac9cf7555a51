import type { Destination } from '../../../lambdas/configuration/destination';
import { allows, TRANSITIONS } from '../../../lambdas/domain/delivery';
import { createBreaker } from '../../../lambdas/functions/deliver/breaker';
import type { DeliverPorts } from '../../../lambdas/functions/deliver/deliver-message';
import { httpTransport } from '../../../lambdas/functions/deliver/transports/http/http-transport';
import type { HttpAnswer, OutgoingRequest } from '../../../lambdas/functions/deliver/transports/http/send';
import type { DueAttempt } from '../../../lambdas/queue/enqueue';
import type { ClaimAnswer, ClaimRequest } from '../../../lambdas/store/deliveries/claims';
import type { Delivery, StoredAttempt } from '../../../lambdas/store/deliveries/delivery-items';
import type { AttemptRecord } from '../../../lambdas/store/deliveries/outcomes';
import type { TransitionAnswer } from '../../../lambdas/store/deliveries/transitions';
import type { StoredEvent } from '../../../lambdas/store/events/events';
import { MemoryCircuits } from './memory-circuits';
import { deliveryOf, destinationOf, eventOf, NOW } from './records';

export const answered = (statusCode: number, headers: Record<string, string> = {}): HttpAnswer => {
  return { kind: 'response', statusCode, headers, body: Buffer.from('ok'), latencyMs: 5 };
};

/** Opens at the third failure in a row. */
const BREAKER = { threshold: 3, coolDownSeconds: 30, maxCoolDownSeconds: 60 };

/** One delivery with its event and destination, kept in memory under the same conditions as in the table. */
export class DeliveryWorld implements DeliverPorts {
  delivery: Delivery | undefined = deliveryOf();
  event: StoredEvent | undefined = eventOf();
  destination: Destination | undefined = destinationOf();
  /** What the receiver answers, one after the other; then always 200. */
  answers: HttpAnswer[] = [];
  /** What single targets answer instead, by URL, one after the other. */
  readonly answersOf = new Map<string, HttpAnswer[]>();
  time = NOW;

  /** The names of the effects in the order they happened. */
  readonly effects: string[] = [];
  readonly sent: OutgoingRequest[] = [];
  readonly attempts: StoredAttempt[] = [];
  readonly deadLetters: number[] = [];
  readonly enqueued: { due: DueAttempt; at: number }[] = [];

  now = (): number => this.time;
  readonly circuits = new MemoryCircuits(this, this.now);
  readonly breaker = createBreaker(this.circuits, BREAKER);
  random = (): number => 0.5;
  readonly #http = httpTransport((outgoing) => this.send(outgoing), this.now);
  transportOf = () => this.#http;

  async readDestination(): Promise<Destination | undefined> {
    return this.destination;
  }

  async readDelivery(): Promise<Delivery | undefined> {
    return this.delivery;
  }

  async readEvent(): Promise<StoredEvent | undefined> {
    return this.event;
  }

  async claim({ message, claimId, now, until }: ClaimRequest): Promise<ClaimAnswer> {
    const { delivery } = this;
    if (!delivery || delivery.made !== message.attempt - 1 || !this.#isFree('claim', delivery, now))
      return { kind: 'refused', delivery };
    this.effects.push('claim');
    const claims = (delivery.claims ?? 0) + 1;
    this.delivery = { ...delivery, status: 'sent', claimId, claimUntil: until, claims, updatedAt: now };
    return { kind: 'claimed', delivery: this.delivery };
  }

  async send(outgoing: OutgoingRequest): Promise<HttpAnswer> {
    this.effects.push('send');
    this.sent.push(outgoing);
    return (this.answersOf.get(outgoing.url) ?? this.answers).shift() ?? answered(200);
  }

  async record({ claimId, attempt, outcome, now, maxAttempts, accepted }: AttemptRecord): Promise<boolean> {
    const { delivery } = this;
    if (delivery?.claimId !== claimId) return false;
    this.effects.push('record');
    const { claimId: _, claimUntil: __, claims: ___, nextAttemptAt: ____, accepted: before, ...rest } = delivery;
    const marks = accepted ?? before ?? [];
    const made = {
      ...rest,
      made: attempt.number,
      maxAttempts,
      updatedAt: now,
      ...(marks.length > 0 && { accepted: marks }),
    };
    this.attempts.push(attempt);
    if (outcome.kind === 'delivered') this.delivery = { ...made, status: 'delivered', deliveredAt: now };
    if (outcome.kind === 'retry') this.delivery = { ...made, status: 'retrying', nextAttemptAt: outcome.nextAttemptAt };
    if (outcome.kind === 'dead') {
      const status = marks.length > 0 ? 'partial' : 'failed';
      this.delivery = { ...made, status, deathToken: outcome.token, deathMessageId: outcome.messageId };
      this.deadLetters.push(attempt.number);
      if (outcome.pauseDestination && this.destination) this.destination = { ...this.destination, status: 'paused' };
    }
    return true;
  }

  async park(delivery: Delivery, now: number): Promise<TransitionAnswer> {
    const current = this.delivery;
    if (!current || current.made !== delivery.made || !this.#isFree('park', current, now))
      return { kind: 'refused', delivery: current };
    this.effects.push('park');
    const { claimId: _, claimUntil: __, nextAttemptAt: ___, ...rest } = current;
    this.delivery = { ...rest, status: 'circuit_open' };
    return { kind: 'done' };
  }

  async redrive(delivery: Delivery): Promise<TransitionAnswer> {
    const current = this.delivery;
    const unchanged = current?.made === delivery.made && current.roundStart === delivery.roundStart;
    if (!current || !unchanged || !allows('redrive', current.status)) return { kind: 'refused', delivery: current };
    this.effects.push('redrive');
    const { deathToken: _, deathMessageId: __, ...rest } = current;
    this.delivery = { ...rest, status: 'pending', cause: 'redrive', roundStart: current.made };
    this.deadLetters.pop();
    return { kind: 'done' };
  }

  async enqueueAt(due: DueAttempt, at: number): Promise<void> {
    this.effects.push('enqueue');
    this.enqueued.push({ due, at });
  }

  /** When the next place in line has its turn. */
  free = 0;
  waited = 0;

  async takePlace(_: string, rate: number, now: number): Promise<number> {
    const at = Math.max(now, this.free);
    this.free = at + 1000 / rate;
    return at;
  }

  async wait(ms: number): Promise<void> {
    this.waited += ms;
    this.time += ms;
  }

  async enqueueTurn(due: DueAttempt, at: number): Promise<void> {
    this.effects.push('turn');
    this.enqueued.push({ due, at });
  }

  async enqueueCopy(due: DueAttempt, at: number): Promise<void> {
    this.effects.push('copy');
    this.enqueued.push({ due, at });
  }

  /** Whether a transition may begin: it may take over what a worker that is gone has left. */
  #isFree(transition: 'claim' | 'park', { status, claimUntil = 0 }: Delivery, now: number): boolean {
    if (!(TRANSITIONS[transition].from as readonly string[]).includes(status)) return false;
    return status !== 'sent' || claimUntil < now;
  }
}
