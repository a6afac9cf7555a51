import type { MessageOutcome } from '../../domain/acknowledgement';
import { allows } from '../../domain/delivery';
import type { DeliveryMessage } from '../../domain/message';
import type { DueAttempt } from '../../queue/enqueue';
import type { Delivery } from '../../store/deliveries/delivery-items';

/** A message as SQS delivered it. */
export interface ReceivedMessage extends DeliveryMessage {
  readonly messageId: string;
  /** This is the last receive: next, SQS would move the message to the dead-letter queue. */
  readonly lastReceive: boolean;
  /** How often SQS hands out a message at most. */
  readonly maxReceives: number;
  /** When the function times out, milliseconds since the epoch. */
  readonly deadline: number;
}

/** Whether the attempt that a message asks for has not been made yet, whoever holds its claim. */
export const isOpen = (message: DeliveryMessage, delivery: Delivery | undefined): delivery is Delivery =>
  delivery !== undefined && delivery.made === message.attempt - 1 && allows('park', delivery.status);

/** An attempt of a message's delivery: the one that the message asks for, unless another is named. */
export const dueAttempt = (message: DeliveryMessage, attempt = message.attempt): DueAttempt => {
  const { base, ordinal, environment, destination } = message;
  return { base, ordinal, environment, destination, attempt };
};

/** Puts attempts into the queue. Times are milliseconds since the epoch. */
export interface QueuePorts {
  enqueueAt(due: DueAttempt, at: number, now: number): Promise<void>;
  /** Enqueues another message for an attempt that already has one, at most SQS's longest delay ahead. */
  enqueueCopy(due: DueAttempt, at: number, now: number): Promise<void>;
  now(): number;
}

/**
 * Enqueues a fresh copy, to be received when `until` has passed: this was the message's last receive, so SQS would move
 * it to the dead-letter queue although its delivery is not dead. A copy that comes too early waits like any other
 * message.
 */
export async function renew(ports: QueuePorts, message: DeliveryMessage, until: number): Promise<MessageOutcome> {
  await ports.enqueueCopy(dueAttempt(message), until + 1000, ports.now());
  return { kind: 'renewed' };
}
