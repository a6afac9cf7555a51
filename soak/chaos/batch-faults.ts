import type { SQSRecord } from 'aws-lambda';
import type { Throttled } from '../../local/dynamodb/throttle';
import type { Faults, Portion, WorkerEnd } from '../../local/faults/faults';
import { Random } from '../../local/faults/random';
import type { FaultLog } from './fault-log';
import { BATCHES } from './rates';

/** Faults of what starts functions: queues, streams and schedules. Each kind has a stream of decisions of its own. */
export class BatchFaults implements Faults {
  private readonly forMessages: Random;
  private readonly forCuts: Random;
  private readonly forRepeats: Random;
  private readonly forSchedules: Random;

  constructor(
    seed: number,
    private readonly log: FaultLog,
    private readonly active: () => boolean,
    readonly messageTime: () => number,
  ) {
    this.forMessages = new Random(seed, 'messages');
    this.forCuts = new Random(seed, 'cuts');
    this.forRepeats = new Random(seed, 'repeats');
    this.forSchedules = new Random(seed, 'schedules');
  }

  messages(functionName: string, batch: readonly SQSRecord[]): Portion<SQSRecord>[] {
    if (!this.active()) return [{ afterMs: 0, items: batch }];
    const random = this.forMessages;
    const about = () => batch.map(({ body }) => body).join();
    const reordered = random.chance(BATCHES.reordered);
    if (reordered) this.log.note('messages reordered', functionName, about());
    const items = reordered ? random.shuffled(batch) : batch;
    const late = random.chance(BATCHES.late) ? random.between(1, items.length) : 0;
    if (late > 0) this.log.note('messages late', `${functionName}, ${late} of ${items.length}`, about());
    const again = random.chance(BATCHES.twice) ? random.shuffled(items).slice(0, random.between(1, items.length)) : [];
    if (again.length > 0)
      this.log.note('messages twice', `${functionName}, ${again.length}`, again.map(({ body }) => body).join());
    const portions = [
      { afterMs: 0, items: items.slice(late) },
      { afterMs: random.between(100, BATCHES.longestDelayMs), items: items.slice(0, late) },
      { afterMs: random.between(0, BATCHES.longestDelayMs), items: again },
    ];
    return portions.filter((portion) => portion.items.length > 0);
  }

  cut(functionName: string, size: number): number {
    if (!this.active() || size < 2 || !this.forCuts.chance(BATCHES.cut)) return size;
    const taken = this.forCuts.between(1, size - 1);
    this.log.note('batch cut', `${functionName}, ${taken} of ${size}`);
    return taken;
  }

  repeat(functionName: string): number | undefined {
    if (!this.active() || !this.forRepeats.chance(BATCHES.repeated[functionName] ?? 0)) return undefined;
    const pause = this.forRepeats.between(0, BATCHES.longestRepeatPauseMs);
    this.log.note('batch repeated', `${functionName}, after ${pause} ms`);
    return pause;
  }

  starts(scheduleName: string): number[] {
    if (!this.active()) return [0];
    const late = this.forSchedules.chance(BATCHES.scheduleLate)
      ? this.forSchedules.between(200, BATCHES.longestDelayMs)
      : 0;
    if (late > 0) this.log.note('schedule late', `${scheduleName}, ${late} ms`, scheduleName);
    if (!this.forSchedules.chance(BATCHES.scheduleTwice)) return [late];
    this.log.note('schedule twice', scheduleName, scheduleName);
    return [late, this.forSchedules.between(0, BATCHES.longestDelayMs)];
  }

  messageExpired(queueName: string, body: string): void {
    this.log.note('message expired', queueName, body);
  }

  functionThrottled(functionName: string): void {
    this.log.note('function throttled', functionName);
  }

  partitionThrottled({ kind, transaction, call }: Throttled): void {
    const about = call.body.toString();
    this.log.note(`${kind} throttled`, call.operation, about);
    if (transaction) this.log.note('transaction throttled', kind, about);
  }

  workerEnded({ functionName, event, reason }: WorkerEnd): void {
    this.log.note('worker ended', `${functionName}: ${reason}`, event);
  }
}
