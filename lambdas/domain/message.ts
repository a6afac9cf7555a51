import type { Turn } from './rate-limit';

/**
 * A message of the delivery queue: which attempt of which delivery is due. It refers to the payload, so it is always
 * small.
 */
export interface DeliveryMessage {
  readonly base: string;
  readonly ordinal: number;
  /** The attempt that is due, counted over all rounds from 1. */
  readonly attempt: number;
  /** `env_…`, where the destination's configuration is found. */
  readonly environment: string;
  /** `dst_…`; also the message group, so that one slow destination does not hold up the others. */
  readonly destination: string;
  /**
   * Random, new for each message that Posthorn sends; SQS keeps it when it moves a message to the dead-letter queue and
   * back. A dead delivery remembers the token and the id of its dying message: a message with the same token and
   * another id was redriven; one with another token is a duplicate.
   */
  readonly token: string;
  /** Its place in line, where the destination has a rate limit and the delivery waits for its turn. */
  readonly turn?: Turn | undefined;
}
