import type { MessageOutcome } from '../../domain/acknowledgement';
import { allows } from '../../domain/delivery';
import type { DeliveryMessage } from '../../domain/message';
import type { DueAttempt } from '../../queue/enqueue';
import type { Delivery } from '../../store/deliveries/delivery-items';

/** A message as SQS delivered it. */
export interface ReceivedMessage extends DeliveryMessage {
  readonly messageId: string;
  /** No further receive follows: SQS would move the message to the dead-letter queue instead. */
  readonly lastReceive: boolean;
  /** How often SQS lets the message be received. */
  readonly maxReceives: number;
  /** When the function has to be done, milliseconds since the epoch. */
  readonly deadline: number;
}

/** Whether the attempt that a message asks for is still to be made, by this worker or by the one who is at it. */
export const isOpen = (message: DeliveryMessage, delivery: Delivery | undefined): delivery is Delivery =>
  delivery !== undefined && delivery.made === message.attempt - 1 && allows('park', delivery.status);

/** An attempt of a message's delivery: the one that the message asks for, unless another is named. */
export const dueAttempt = (message: DeliveryMessage, attempt = message.attempt): DueAttempt => {
  const { base, delivery, environment, destination } = message;
  return { base, delivery, environment, destination, attempt };
};

/** Puts attempts into the queue. Times are milliseconds since the epoch. */
export interface QueuePorts {
  enqueueAt(due: DueAttempt, at: number, now: number): Promise<void>;
  /** Enqueues another message for an attempt that has one. SQS alone does it, at most its longest delay ahead. */
  enqueueCopy(due: DueAttempt, at: number, now: number): Promise<void>;
  now(): number;
}

/**
 * Puts a fresh copy in the queue, to be looked at when `until` has passed: the message itself has had its last receive,
 * and would be moved to the dead-letter queue although its delivery is not dead. A copy that comes too soon waits like any
 * other message.
 */
export async function renew(ports: QueuePorts, message: DeliveryMessage, until: number): Promise<MessageOutcome> {
  await ports.enqueueCopy(dueAttempt(message), until + 1000, ports.now());
  return { kind: 'renewed' };
}
