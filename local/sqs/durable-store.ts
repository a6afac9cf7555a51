import { Journal } from '../storage/journal';
import { DurableQueue, type MessageNotes } from './durable-queue';
import { type FauxqsMessage, type FauxqsStore, SqsStore } from './fauxqs';
import { type MessageLogLine, replay, type StoredMessage } from './message-log';
import { queueNameOf } from './queue-url';
import type { MessageLife } from './retention';

type CreateQueueParameters = Parameters<FauxqsStore['createQueue']>;

/** The log is rewritten after this many new lines. */
const COMPACTION_LINES = 50_000;

/** All queues, over one log. Messages come back when their queue is created again after a restart. */
export class DurableStore extends SqsStore {
  private readonly notes: MessageNotes = { sources: new WeakMap(), holds: new WeakMap() };
  private readonly byName = new Map<string, DurableQueue>();
  private readonly log: Journal<MessageLogLine>;
  private readonly recovered: ReadonlyMap<string, StoredMessage>;

  constructor(
    logFile: string | undefined,
    private readonly life: MessageLife,
  ) {
    super();
    // An empty host makes fauxqs build queue URLs from the address that the caller used.
    this.host = '';
    this.log = new Journal(logFile);
    this.recovered = replay(this.log.lines);
  }

  override createQueue(...[name, url, arn, attributes, tags]: CreateQueueParameters): DurableQueue {
    const queue = new DurableQueue(this.log, this.notes, this.life, name, url, arn, attributes, tags);
    for (const message of this.recovered.values()) if (message.queue === name) queue.restore(message);
    this.byName.set(name, queue);
    return queue;
  }

  override deleteQueue(url: string): boolean {
    const queue = this.getQueue(url);
    queue?.cancelWaiters();
    queue?.purge();
    return queue !== undefined && this.byName.delete(queue.name);
  }

  /** Finds a queue by the name at the end of the URL: clients may write the host as `localhost` or `127.0.0.1`. */
  override getQueue(url: string): DurableQueue | undefined {
    return this.byName.get(queueNameOf(url));
  }

  override getQueueByName(name: string): DurableQueue | undefined {
    return this.byName.get(name);
  }

  override getQueueByArn(arn: string): DurableQueue | undefined {
    return this.byName.get(arn.slice(arn.lastIndexOf(':') + 1));
  }

  override listQueues(prefix = '', limit?: number): DurableQueue[] {
    const queues = [...this.byName.values()].filter(({ name }) => name.startsWith(prefix));
    return queues.slice(0, limit);
  }

  /** Ends all long polls. */
  override shutdown(): void {
    for (const queue of this.byName.values()) queue.cancelWaiters();
  }

  /** A message that is sent just now. */
  newMessage(...parameters: Parameters<typeof SqsStore.createMessage>): FauxqsMessage {
    return Object.assign(SqsStore.createMessage(...parameters), { sentTimestamp: this.life.now() });
  }

  /** ARN of the queue that SQS moved a message from, for a message in a dead-letter queue. */
  sourceOfMessage(message: FauxqsMessage): string | undefined {
    return this.notes.sources.get(message);
  }

  /** Logs that a message moved to another queue as a new message. */
  logRedrive(id: string, stored: StoredMessage): void {
    this.log.append({ op: 'redrive', id, stored });
  }

  /** Drops finished messages from the log, when it has grown by `lines` since the last time. */
  compact(lines = COMPACTION_LINES): void {
    if (this.log.appended < lines) return;
    const messages = this.listQueues().flatMap((queue) => queue.everything());
    this.log.rewrite(messages.map((stored) => ({ op: 'put', stored })));
  }

  close(): void {
    this.shutdown();
    this.log.close();
  }
}
