import type { FauxqsMessage } from './fauxqs';

/** What decides about the age of messages, and hears about those that are too old. */
export interface MessageLife {
  /** Milliseconds since the epoch: a test may let it run ahead. Visibility and delays have the machine's own time. */
  readonly now: () => number;
  /** Called for each message that was not received in time. */
  readonly expired: (queueName: string, body: string) => void;
}

/**
 * Which messages of a queue have outlived its retention. It counts from when a message was first sent: the move to a
 * dead-letter queue does not change that, a redrive sends it anew.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
 */
export class Retention {
  /** No message of the queue is older: before it has expired, none has. */
  private oldest = Number.POSITIVE_INFINITY;

  constructor(private readonly now: () => number) {}

  /** A message has come to the queue. */
  watch({ sentTimestamp }: FauxqsMessage): void {
    this.oldest = Math.min(this.oldest, sentTimestamp);
  }

  /** Those of all messages of the queue that have expired. They are only looked at when one may have. */
  expired(retentionSeconds: number, messages: () => readonly FauxqsMessage[]): ReadonlySet<FauxqsMessage> {
    const limit = this.now() - retentionSeconds * 1000;
    if (this.oldest > limit) return new Set();
    const [all, gone] = [messages(), new Set<FauxqsMessage>()];
    this.oldest = Number.POSITIVE_INFINITY;
    for (const message of all) {
      if (message.sentTimestamp <= limit) gone.add(message);
      else this.watch(message);
    }
    return gone;
  }
}
