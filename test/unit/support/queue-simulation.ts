import { acknowledgementOf, type MessageOutcome } from '../../../lambdas/domain/acknowledgement';
import type { DeliveryMessage } from '../../../lambdas/domain/message';
import { deliverOrRenew } from '../../../lambdas/functions/deliver/deliver-message';
import type { DeliveryWorld } from './delivery-world';
import { BASE, DESTINATION, ENVIRONMENT } from './records';

const MAX_RECEIVES = 5;
const VISIBILITY_MS = 360_000;

/** A port breaks at its nth call, before or after it had its effect. A crash takes the worker with it, an error does not. */
export interface Fault {
  readonly call: number;
  readonly when: 'before' | 'after';
  readonly kind: 'crash' | 'error';
}

interface Queued {
  readonly message: DeliveryMessage;
  readonly messageId: string;
  receives: number;
  visibleAt: number;
}

const PORTS = [
  ...(['claim', 'send', 'record', 'park', 'redrive', 'readDelivery', 'readEvent'] as const),
  ...(['enqueueAt', 'enqueueCopy'] as const),
];

/** A standard queue with its dead-letter queue, and a worker that takes one message after the other from it. */
export class QueueSimulation {
  readonly deadLetterQueue: Queued[] = [];
  receives = 0;
  readonly #queue: Queued[] = [];
  #ids = 0;
  #calls = 0;
  #endWorker = (): void => undefined;

  constructor(
    private readonly world: DeliveryWorld,
    private readonly faults: readonly Fault[],
  ) {
    for (const name of PORTS) this.#breakAtFaults(name);
  }

  add(attempt: number, at: number, token = `token-${this.#ids}`): void {
    const message = { base: BASE, ordinal: 1, attempt, environment: ENVIRONMENT, destination: DESTINATION, token };
    this.#queue.push({ message, messageId: `message-${this.#ids}`, receives: 0, visibleAt: at });
    this.#ids += 1;
  }

  /** Moves everything in the dead-letter queue back, under new ids as StartMessageMoveTask does. */
  redriveAll(): void {
    for (const { message } of this.deadLetterQueue.splice(0)) this.add(message.attempt, this.world.time, message.token);
  }

  /** Receives until nothing is left, or until it is plain that this does not end. */
  async run(limit = 500): Promise<void> {
    for (let turn = 0; turn < limit; turn += 1) {
      this.#takeEnqueued();
      const next = this.#queue.sort((one, other) => one.visibleAt - other.visibleAt)[0];
      if (!next) return;
      this.world.time = Math.max(this.world.time, next.visibleAt);
      await this.#receive(next);
    }
    throw new Error(`Not done after ${limit} receives: ${JSON.stringify(this.world.delivery)}`);
  }

  #takeEnqueued(): void {
    for (const { due, at } of this.world.enqueued.splice(0)) this.add(due.attempt, at);
  }

  async #receive(queued: Queued): Promise<void> {
    queued.receives += 1;
    if (queued.receives > MAX_RECEIVES) {
      this.#remove(queued);
      this.deadLetterQueue.push(queued);
      return;
    }
    this.receives += 1;
    queued.visibleAt = this.world.time + VISIBILITY_MS;
    const before = this.world.delivery?.status;
    const outcome = await this.#deliver(queued);
    // The stream enqueues what was put back to pending.
    if (before !== 'pending' && this.world.delivery?.status === 'pending')
      this.add(this.world.delivery.made + 1, this.world.time);
    if (!outcome) return;
    const answer = acknowledgementOf(outcome, this.world.time);
    if (answer.kind === 'acknowledge') this.#remove(queued);
    else if (answer.visibleAfterSeconds !== undefined)
      queued.visibleAt = this.world.time + answer.visibleAfterSeconds * 1000;
  }

  async #deliver({ message, messageId, receives }: Queued): Promise<MessageOutcome | undefined> {
    const lastReceive = receives >= MAX_RECEIVES;
    const received = {
      ...message,
      messageId,
      lastReceive,
      maxReceives: MAX_RECEIVES,
      deadline: this.world.time + 60_000,
    };
    try {
      const crash = new Promise<undefined>((resolve) => {
        this.#endWorker = () => resolve(undefined);
      });
      return await Promise.race([deliverOrRenew(this.world, received, () => undefined), crash]);
    } catch {
      return undefined;
    }
  }

  #remove(queued: Queued): void {
    this.#queue.splice(this.#queue.indexOf(queued), 1);
  }

  #breakAtFaults(name: (typeof PORTS)[number]): void {
    const port = this.world[name].bind(this.world) as (...parameters: never[]) => Promise<unknown>;
    const broken = async (...parameters: never[]) => {
      const fault = this.faults.find(({ call }) => call === this.#calls);
      this.#calls += 1;
      if (fault?.when === 'before') return this.#fail(fault);
      const result = await port(...parameters);
      return fault ? this.#fail(fault) : result;
    };
    Object.assign(this.world, { [name]: broken });
  }

  /** A port that fails throws; one that takes the worker with it is never heard of again. */
  #fail({ kind }: Fault): Promise<never> {
    if (kind === 'error') return Promise.reject(new Error('port failed'));
    this.#endWorker();
    return new Promise(() => undefined);
  }
}
