import type { Destination } from '../../configuration/destination';
import type { DeliveryMessage } from '../../domain/message';
import type { DueAttempt } from '../../queue/enqueue';
import type { AttemptDetail } from '../../store/deliveries/attempt-detail';
import type { ClaimAnswer, ClaimRequest } from '../../store/deliveries/claims';
import type { Delivery } from '../../store/deliveries/delivery-items';
import type { AttemptRecord } from '../../store/deliveries/outcomes';
import type { TransitionAnswer } from '../../store/deliveries/transitions';
import type { StoredEvent } from '../../store/events/events';
import type { Breaker } from './breaker';
import type { Send } from './send';

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
  /** Puts a message that has its place in line into the queue, to be back shortly before its turn at the latest. */
  enqueueTurn(due: DueAttempt, at: number, now: number): Promise<void>;
  /** Takes the next place in the line of a destination with a rate limit; answers when its turn is. */
  takePlace(destination: string, rate: number, now: number): Promise<number>;
  wait(ms: number): Promise<void>;
  breaker: Breaker;
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
  /** How often SQS lets the message be received. */
  readonly maxReceives: number;
  /** When the function has to be done, milliseconds since the epoch. */
  readonly deadline: number;
}
