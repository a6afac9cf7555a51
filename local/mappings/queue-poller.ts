import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSRecord } from 'aws-lambda';
import type { Faults } from '../faults/faults';
import { Throttled } from '../lambda/concurrency';
import type { FunctionHost } from '../lambda/function-host';
import type { DurableQueue } from '../sqs/durable-queue';
import type { DurableStore } from '../sqs/durable-store';
import type { FauxqsReceived } from '../sqs/fauxqs';
import { receiveHere, waitForVisible } from '../sqs/receive';
import { ALL_FAILED, failedItems } from './batch-response';
import { compileFilters, type Filter } from './filter';
import { Gate } from './gate';
import type { MappingProperties } from './mapping-properties';
import type { BatchLimit, Poller } from './poller';
import { toQueueRecord } from './queue-record';
import { retryDelayMs } from './stream-batches';

/** How long one wait for messages lasts, as Lambda's own pollers do. */
const LONG_POLL_MS = 20_000;
/** Most messages that one receive can take. */
const RECEIVE_LIMIT = 10;
/** Batches at a time when the mapping has no MaximumConcurrency. */
const DEFAULT_CONCURRENCY = 1000;

export interface QueuePollerPorts {
  readonly store: DurableStore;
  readonly queue: DurableQueue;
  readonly host: FunctionHost;
  readonly properties: MappingProperties;
  readonly faults: Faults;
  readonly batchLimit?: BatchLimit | undefined;
  readonly log: (line: string) => void;
}

/**
 * Takes batches from a queue for a function. Handled messages are deleted; failed ones stay hidden until their
 * visibility timeout ends.
 */
export class QueuePoller implements Poller {
  readonly functionName: string;
  private readonly gate: Gate;
  private readonly filter: Filter;
  private readonly batchSize: number;
  private readonly concurrency: number;
  private readonly running = new Set<Promise<void>>();
  private stopped = false;
  private readonly loop: Promise<void>;

  constructor(private readonly ports: QueuePollerPorts) {
    const { host, properties } = ports;
    this.functionName = host.config.name;
    this.gate = new Gate(properties.Enabled);
    this.filter = compileFilters((properties.FilterCriteria?.Filters ?? []).map(({ Pattern }) => Pattern));
    this.batchSize = properties.BatchSize ?? RECEIVE_LIMIT;
    // Takes no more batches than there can be workers: a message that waits for one would become visible again. What the
    // function reserved does not matter: as on AWS, batches beyond it are throttled.
    this.concurrency = Math.min(
      properties.ScalingConfig?.MaximumConcurrency ?? DEFAULT_CONCURRENCY,
      host.config.workers,
    );
    this.loop = this.poll();
  }

  pause(): void {
    this.gate.close();
    this.ports.queue.cancelWaiters();
  }

  resume(): void {
    this.gate.open();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.gate.open();
    this.ports.queue.cancelWaiters();
    await this.loop;
  }

  private async poll(): Promise<void> {
    while (!this.stopped) {
      await this.gate.passed();
      if (this.running.size >= this.concurrency) await Promise.race(this.running);
      else await this.takeBatch();
    }
  }

  private async takeBatch(): Promise<void> {
    const batch = await this.collect();
    if (batch.length === 0) return;
    const work: Promise<void> = this.handle(batch).finally(() => this.running.delete(work));
    this.running.add(work);
  }

  private async collect(): Promise<FauxqsReceived[]> {
    const batch: FauxqsReceived[] = [];
    let deadline = Date.now() + LONG_POLL_MS;
    const { store, queue, properties, host, batchLimit } = this.ports;
    const size = Math.min(this.batchSize, batchLimit?.(host.service) ?? this.batchSize);
    while (batch.length < size) {
      const found = await waitForVisible(store, queue, deadline - Date.now(), () => this.stopped || this.gate.closed);
      if (!found) break;
      batch.push(...receiveHere(store, queue, Math.min(RECEIVE_LIMIT, size - batch.length)));
      // The window opens with the first message.
      if (batch.length > 0)
        deadline = Math.min(deadline, Date.now() + properties.MaximumBatchingWindowInSeconds * 1000);
    }
    return batch;
  }

  private async handle(received: readonly FauxqsReceived[]): Promise<void> {
    const { queue, faults } = this.ports;
    const hiddenUntil = Date.now() + Number(queue.attributes.VisibilityTimeout ?? 30) * 1000;
    const records = received.map((message) => toQueueRecord(queue, message));
    const wanted = records.filter((record) => this.filter(withParsedBody(record)));
    this.delete(records.filter((record) => !wanted.includes(record)));
    if (wanted.length === 0) return;
    const portions = faults.messages?.(this.ports.host.service, wanted) ?? [{ afterMs: 0, items: wanted }];
    await Promise.all(
      portions.map(async ({ afterMs, items }) => {
        if (afterMs > 0) await sleep(afterMs, undefined, { ref: false });
        if (!this.stopped) await this.invoke(items, hiddenUntil);
      }),
    );
  }

  private async invoke(wanted: readonly SQSRecord[], hiddenUntil: number): Promise<void> {
    const { properties, log } = this.ports;
    try {
      const result = await this.untilNotThrottled({ Records: wanted }, hiddenUntil);
      const partial = properties.FunctionResponseTypes.includes('ReportBatchItemFailures');
      const failed = partial
        ? failedItems(
            result,
            wanted.map(({ messageId }) => messageId),
          )
        : new Set<string>();
      if (failed !== ALL_FAILED) this.delete(wanted.filter(({ messageId }) => !failed.has(messageId)));
    } catch (error) {
      if (!this.stopped) log(`A batch of ${wanted.length} messages failed: ${error}`);
    }
  }

  /**
   * Invokes the function. A throttled batch is tried again for as long as its messages are hidden; after that they come
   * back, and have been received once more without the function having seen them.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
   */
  private async untilNotThrottled(event: unknown, hiddenUntil: number): Promise<unknown> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.ports.host.invoke(event);
      } catch (error) {
        const pause = retryDelayMs(attempt);
        if (!(error instanceof Throttled) || this.stopped || Date.now() + pause >= hiddenUntil) throw error;
        await sleep(pause, undefined, { ref: false });
      }
    }
  }

  private delete(records: readonly SQSRecord[]): void {
    for (const { receiptHandle } of records) this.ports.queue.deleteMessage(receiptHandle);
  }
}

/** Filters see the body as JSON when it is JSON. */
function withParsedBody(record: SQSRecord): unknown {
  try {
    return { ...record, body: JSON.parse(record.body) };
  } catch {
    return record;
  }
}
