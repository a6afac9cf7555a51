import type { Interceptor } from '../../local/calls/call';
import { Random } from '../../local/faults/random';
import { PACE, RETENTION_MS } from '../settings';
import { type DisturbPorts, everySoManyCalls } from './disturb';

/**
 * The clock by which messages expire. It jumps ahead now and then, nearly as far as a queue keeps messages: what the queue
 * has at that moment expires unless somebody receives and deletes it at once. Most jumps are those of the delivery queue,
 * which the dead-letter queue sees as four days; some are as long as that keeps its messages.
 */
export class HurriedClock {
  /** Counts calls and jumps. */
  readonly intercept: Interceptor;
  private ahead = 0;

  constructor(ports: DisturbPorts) {
    const random = new Random(ports.seed, 'expiry');
    this.intercept = everySoManyCalls(ports, random, PACE.callsBetweenJumps, async () => {
      const kept = random.chance(0.3) ? RETENTION_MS.deadLetters : RETENTION_MS.delivery;
      this.ahead += kept - random.between(...PACE.expireAfter);
    });
  }

  /** Milliseconds since the epoch, and more than that after each jump. */
  readonly now = (): number => Date.now() + this.ahead;
}
