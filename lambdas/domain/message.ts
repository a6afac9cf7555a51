import type { Turn } from './rate-limit';

/**
 * What travels through the delivery queue: which attempt of which delivery is due. Payloads travel by reference, so a
 * message is small whatever it delivers.
 */
export interface DeliveryMessage {
  readonly base: string;
  readonly delivery: number;
  /** The attempt that is due, counted over all rounds from 1. */
  readonly attempt: number;
  /** `env_…`, where the destination's configuration is found. */
  readonly environment: string;
  /** `dst_…`; also the message group, so that one slow destination does not hold up the others. */
  readonly destination: string;
  /**
   * Random, new for each message that Posthorn sends, and kept by SQS when it moves a message to the dead-letter queue
   * and back. A delivery that dies remembers the token and the id of its dying message: a message that comes with this
   * token under another id was redriven; one with another token is a stray duplicate.
   */
  readonly token: string;
  /** Its place in line, where the destination has a rate limit and the delivery waits for its turn. */
  readonly turn?: Turn | undefined;
}
