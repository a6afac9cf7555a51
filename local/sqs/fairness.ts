import type { FauxqsMessage } from './fauxqs';

/** Thresholds as documented by SQS, which calls them approximate. */
const NOISY_SHARE = 0.1;
const NOISY_IN_FLIGHT = 30;

/** How long processing time counts as recent; SQS does not document it. */
const HALF_LIFE_MS = 30_000;

/**
 * The order in which a fair queue hands out messages: groups that use more than their share of the consumers come after
 * quiet ones, when no other message is waiting. A message without a group is a group of its own.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues-detailed.html
 */
export class Fairness {
  private readonly noisy = new Set<string>();
  /** Milliseconds that consumers spent on each group, fading. */
  private readonly spent = new Map<string, number>();
  private fadedAt = 0;

  /** Records that a message was processed for this many milliseconds. */
  spend(group: string | undefined, milliseconds: number): void {
    if (group !== undefined) this.spent.set(group, (this.spent.get(group) ?? 0) + milliseconds);
  }

  /**
   * Sorts waiting messages in the order in which to hand them out. Within a group the order stays.
   *
   * @param now milliseconds since the epoch
   */
  arrange(waiting: FauxqsMessage[], inFlight: readonly FauxqsMessage[], now: number): void {
    this.fade(now);
    const held = countBy(inFlight);
    this.judge(waiting, inFlight.length, held);
    if (this.noisy.size === 0) return;
    const place = (message: FauxqsMessage) => this.placeOf(message.messageGroupId, held);
    // Sorting is stable: groups of equal rank keep the order in which their messages came.
    waiting.sort((one, other) => place(one) - place(other));
  }

  /** Quiet groups come first, then noisy ones with few messages in flight. */
  private placeOf(group: string | undefined, held: ReadonlyMap<string, number>): number {
    return group !== undefined && this.noisy.has(group) ? 1 + (held.get(group) ?? 0) : 0;
  }

  /** A group becomes noisy by its share of the consumers, and quiet again when none of its messages is waiting. */
  private judge(waiting: readonly FauxqsMessage[], inFlight: number, held: ReadonlyMap<string, number>): void {
    const backlog = new Set(waiting.map(({ messageGroupId }) => messageGroupId));
    for (const group of this.noisy) if (!backlog.has(group)) this.noisy.delete(group);
    const spentInAll = [...this.spent.values()].reduce((sum, one) => sum + one, 0);
    for (const group of backlog) {
      if (group === undefined) continue;
      const count = held.get(group) ?? 0;
      const crowds = count >= NOISY_IN_FLIGHT && count > NOISY_SHARE * inFlight;
      const hogs = (this.spent.get(group) ?? 0) > NOISY_SHARE * spentInAll;
      if (crowds || hogs) this.noisy.add(group);
    }
  }

  private fade(now: number): void {
    const factor = 0.5 ** ((now - this.fadedAt) / HALF_LIFE_MS);
    this.fadedAt = now;
    for (const [group, spent] of this.spent) {
      if (spent * factor < 1) this.spent.delete(group);
      else this.spent.set(group, spent * factor);
    }
  }
}

function countBy(messages: readonly FauxqsMessage[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { messageGroupId: group } of messages)
    if (group !== undefined) counts.set(group, (counts.get(group) ?? 0) + 1);
  return counts;
}
