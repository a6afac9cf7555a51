import type { Journal } from '../storage/journal';
import { Fairness } from './fairness';
import { type FauxqsMessage, type FauxqsQueue, type FauxqsReceived, SqsQueue } from './fauxqs';
import type { MessageLogLine, StoredMessage } from './message-log';
import { type MessageLife, Retention } from './retention';

/** Facts about messages that fauxqs cannot store. */
export interface MessageNotes {
  /** ARN of the source queue, for messages that SQS itself moved to a dead-letter queue. */
  readonly sources: WeakMap<FauxqsMessage, string>;
  readonly holds: WeakMap<FauxqsMessage, Hold>;
}

/** The last receive of a message. */
export interface Hold {
  /** Receipt handle: on AWS it deletes the message even after its visibility timeout. */
  readonly handle: string;
  /** The receiver ends with this process, so after a restart nobody holds the message. */
  readonly here: boolean;
}

/** Most messages that one receive can answer with. */
const MAX_RECEIVE = 10;

type DeadLetterResolver = (arn: string) => FauxqsQueue | undefined;

/** A fauxqs queue that logs every change before answering, and moves messages to the dead-letter queue as SQS does. */
export class DurableQueue extends SqsQueue {
  private readonly fairness = new Fairness();
  private readonly receivedAt = new WeakMap<FauxqsMessage, number>();
  private readonly retention: Retention;

  constructor(
    private readonly log: Journal<MessageLogLine>,
    readonly notes: MessageNotes,
    private readonly life: MessageLife,
    ...parameters: ConstructorParameters<typeof SqsQueue>
  ) {
    super(...parameters);
    this.retention = new Retention(life.now);
  }

  override enqueue(message: FauxqsMessage): void {
    this.log.append({ op: 'put', stored: this.stored(message, message.delayUntil ?? 0) });
    this.accept(message);
  }

  override processTimers(): void {
    this.expire();
    super.processTimers();
  }

  override getAttribute(name: Parameters<FauxqsQueue['getAttribute']>[0]): string | undefined {
    // Counts are right only after due messages were moved.
    this.processTimers();
    return super.getAttribute(name);
  }

  /** Adds a message whose arrival was already logged. */
  accept(message: FauxqsMessage): void {
    this.retention.watch(message);
    super.enqueue(message);
  }

  override dequeue(limit: number, visibilitySeconds?: number, deadLetters?: DeadLetterResolver): FauxqsReceived[] {
    return this.receive(limit, visibilitySeconds, deadLetters, false);
  }

  /**
   * Receives up to ten messages.
   *
   * @param here as in Hold
   */
  receive(
    limit: number,
    visibilitySeconds: number | undefined,
    deadLetters: DeadLetterResolver | undefined,
    here: boolean,
  ): FauxqsReceived[] {
    this.processTimers();
    const held = [...this.inflightMessages.values()].map(({ message }) => message);
    this.fairness.arrange(this.messages, held, Date.now());
    // Only now: an exhausted message is moved when it would be received next.
    if (deadLetters !== undefined) this.moveExhausted(deadLetters);
    const received = super.dequeue(limit, visibilitySeconds);
    for (const { ReceiptHandle } of received) this.logReceive(ReceiptHandle, here);
    return received;
  }

  override deleteMessage(handle: string): boolean {
    const held = this.inflightMessages.get(handle)?.message;
    if (held !== undefined) {
      this.log.append({ op: 'delete', id: held.messageId });
      this.fairness.spend(held.messageGroupId, Date.now() - (this.receivedAt.get(held) ?? Date.now()));
      return super.deleteMessage(handle);
    }
    const index = this.messages.findIndex((message) => this.notes.holds.get(message)?.handle === handle);
    const [visible] = index === -1 ? [] : this.messages.splice(index, 1);
    if (visible !== undefined) this.log.append({ op: 'delete', id: visible.messageId });
    return visible !== undefined;
  }

  override changeVisibility(handle: string, seconds: number): void {
    const held = this.inflightMessages.get(handle)?.message;
    if (held !== undefined) this.log.append({ op: 'visibility', id: held.messageId, at: Date.now() + seconds * 1000 });
    super.changeVisibility(handle, seconds);
  }

  override purge(): void {
    for (const { message } of this.everything()) this.log.append({ op: 'delete', id: message.messageId });
    super.purge();
  }

  /** Restores a message to where it was when the log was written. */
  restore({ message: logged, handle, dueAt, source, heldHere = false }: StoredMessage): void {
    const message = handle === undefined ? { ...logged, delayUntil: dueAt } : logged;
    if (source !== undefined) this.notes.sources.set(message, source);
    if (handle !== undefined) this.notes.holds.set(message, { handle, here: heldHere });
    this.retention.watch(message);
    if (handle === undefined) super.enqueue(message);
    else if (heldHere || dueAt <= Date.now()) this.messages.push(message);
    else this.inflightMessages.set(handle, { message, receiptHandle: handle, visibilityDeadline: dueAt });
  }

  /** Every message of the queue as it would be logged now. */
  everything(): StoredMessage[] {
    const { ready, delayed, inflight } = this.inspectMessages();
    return [
      ...ready.map((message) => this.stored(message, 0)),
      ...delayed.map((message) => this.stored(message, message.delayUntil ?? 0)),
      ...inflight.map(({ message, receiptHandle, visibilityDeadline }) => ({
        ...this.stored(message, visibilityDeadline),
        handle: receiptHandle,
        heldHere: this.notes.holds.get(message)?.here ?? false,
      })),
    ];
  }

  /** Brings the queue up to date: makes due messages visible, and moves exhausted ones to the dead-letter queue. */
  settle(deadLetters: DeadLetterResolver): void {
    this.processTimers();
    this.moveExhausted(deadLetters);
  }

  /** Drops what has been here too long, whoever holds it. */
  private expire(): void {
    const { messages, delayedMessages, inflightMessages } = this;
    const all = () => [...messages, ...delayedMessages, ...[...inflightMessages.values()].map((one) => one.message)];
    const gone = this.retention.expired(Number(this.attributes.MessageRetentionPeriod), all);
    if (gone.size === 0) return;
    this.messages = messages.filter((message) => !gone.has(message));
    this.delayedMessages = delayedMessages.filter((message) => !gone.has(message));
    for (const [handle, { message }] of inflightMessages) if (gone.has(message)) inflightMessages.delete(handle);
    for (const { messageId: id, body } of gone) {
      this.log.append({ op: 'delete', id });
      this.life.expired(this.name, body);
    }
  }

  private moveExhausted(deadLetters: DeadLetterResolver): void {
    const policy = redrivePolicy(this.attributes.RedrivePolicy);
    const target = policy && deadLetters(policy.deadLetterTargetArn);
    if (policy === undefined || !(target instanceof DurableQueue)) return;
    for (let at = 0; at < Math.min(MAX_RECEIVE, this.messages.length); ) {
      const message = this.messages[at];
      if (message === undefined || message.approximateReceiveCount < policy.maxReceiveCount) at += 1;
      else this.moveToDeadLetters(at, message, target);
    }
  }

  private moveToDeadLetters(at: number, message: FauxqsMessage, target: DurableQueue): void {
    this.messages.splice(at, 1);
    this.log.append({ op: 'dead', id: message.messageId, queue: target.name, source: this.arn });
    this.notes.sources.set(message, this.arn);
    target.accept(message);
  }

  private logReceive(handle: string, here: boolean): void {
    const entry = this.inflightMessages.get(handle);
    if (entry === undefined) return;
    const { message, visibilityDeadline: at } = entry;
    const { messageId: id, approximateReceiveCount: count, approximateFirstReceiveTimestamp: first = 0 } = message;
    this.notes.holds.set(message, { handle, here });
    this.receivedAt.set(message, Date.now());
    this.log.append({ op: 'receive', id, handle, count, first, at, here });
  }

  private stored(message: FauxqsMessage, dueAt: number): StoredMessage {
    const source = this.notes.sources.get(message);
    return { queue: this.name, message, dueAt, ...(source !== undefined && { source }) };
  }
}

/** The `RedrivePolicy` attribute, parsed from JSON; undefined if there is none. */
export function redrivePolicy(
  text: string | undefined,
): { deadLetterTargetArn: string; maxReceiveCount: number } | undefined {
  if (text === undefined || text === '') return undefined;
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(text);
  return { deadLetterTargetArn: String(deadLetterTargetArn), maxReceiveCount: Number(maxReceiveCount) };
}
