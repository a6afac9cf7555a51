import type { Destination } from '../../../configuration/destination';
import type { AttemptResult } from '../../../domain/attempt';
import type { AttemptDetail } from '../../../store/deliveries/attempt-detail';
import type { Delivery } from '../../../store/deliveries/delivery-items';
import type { StoredEvent } from '../../../store/events/events';

/** An event on its way to one target of a destination. */
export interface Sending {
  readonly event: StoredEvent;
  readonly delivery: Delivery;
  readonly destination: Destination;
  /** The destination's own address or that of a mirror. */
  readonly target: string;
  /** When the attempt began, milliseconds since the epoch. */
  readonly startedAt: number;
  /** For the whole exchange, answer included. */
  readonly timeoutMs: number;
}

/** What came of a sending. */
export interface Exchange {
  readonly target: string;
  readonly result: AttemptResult;
  /** What was sent and what came back, as it is recorded: credentials read `***`. */
  readonly detail: Omit<AttemptDetail, 'targets'>;
}

/** Sends events to destinations of one type. It never throws for what a target does: every ending is a result. */
export type Transport = (sending: Sending) => Promise<Exchange>;
