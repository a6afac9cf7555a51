import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DurableQueue, redrivePolicy } from './durable-queue';
import type { DurableStore } from './durable-store';
import { type FauxqsMessage, SqsError } from './fauxqs';

type Status = 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED';

interface MoveTask {
  readonly handle: string;
  readonly source: DurableQueue;
  readonly destinationArn: string | undefined;
  readonly perSecond: number | undefined;
  readonly startedAt: number;
  readonly toMove: number;
  moved: number;
  status: Status;
  failure?: string;
}

/** How many tasks `ListMessageMoveTasks` shows for each dead-letter queue. */
const KEPT_TASKS = 10;
/** How many messages a task without a rate moves before it yields. */
const UNPACED_BURST = 50;

/**
 * Message move tasks (redrives), which fauxqs lacks: every visible message goes back to the queue it came from, as a
 * new message. Tasks end with the process.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 */
export class MoveTasks {
  private readonly tasks: MoveTask[] = [];

  constructor(private readonly store: DurableStore) {}

  /** `StartMessageMoveTask`. */
  start(request: Readonly<Record<string, unknown>>): { TaskHandle: string } {
    const source = this.deadLetterQueue(request.SourceArn);
    const destinationArn = request.DestinationArn === undefined ? undefined : String(request.DestinationArn);
    if (destinationArn !== undefined) this.existing(destinationArn, 'DestinationArn');
    const perSecond = parseRate(request.MaxNumberOfMessagesPerSecond);
    if (this.of(source).some(({ status }) => status === 'RUNNING' || status === 'CANCELLING'))
      throw new SqsError(
        'InvalidParameterValue',
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    const toMove = Number(source.getAttribute('ApproximateNumberOfMessages'));
    const handle = Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn: source.arn })).toString('base64');
    const task: MoveTask = {
      handle,
      source,
      destinationArn,
      perSecond,
      startedAt: Date.now(),
      toMove,
      moved: 0,
      status: 'RUNNING',
    };
    this.tasks.unshift(task);
    for (const old of this.of(source).slice(KEPT_TASKS)) this.tasks.splice(this.tasks.indexOf(old), 1);
    void this.run(task);
    return { TaskHandle: handle };
  }

  /** `ListMessageMoveTasks`, newest first. */
  list(request: Readonly<Record<string, unknown>>): { Results: unknown[] } {
    const source = this.existing(request.SourceArn, 'SourceArn');
    return {
      Results: this.of(source)
        .slice(0, Number(request.MaxResults ?? 1))
        .map(describe),
    };
  }

  /** `CancelMessageMoveTask`: messages already moved stay where they are. */
  cancel(request: Readonly<Record<string, unknown>>): { ApproximateNumberOfMessagesMoved: number } {
    const task = this.tasks.find(({ handle }) => handle === request.TaskHandle);
    if (task === undefined) throw notFound('The task handle does not exist.');
    if (task.status !== 'RUNNING') throw new SqsError('InvalidParameterValue', 'Only active tasks can be cancelled.');
    task.status = 'CANCELLING';
    return { ApproximateNumberOfMessagesMoved: task.moved };
  }

  /** `ListDeadLetterSourceQueues`. */
  sourceQueues(request: Readonly<Record<string, unknown>>): { queueUrls: string[] } {
    const queue = this.store.getQueue(String(request.QueueUrl));
    if (queue === undefined) throw new SqsError('QueueDoesNotExist', 'The specified queue does not exist.');
    return { queueUrls: this.sourcesOf(queue).map(({ url }) => url) };
  }

  /** Ends every task, because the stack stops. */
  stop(): void {
    for (const task of this.tasks) if (task.status === 'RUNNING') task.status = 'CANCELLING';
  }

  private async run(task: MoveTask): Promise<void> {
    const pause = task.perSecond === undefined ? 0 : 1000 / task.perSecond;
    await sleep(0);
    while (task.status === 'RUNNING' && this.moveOne(task))
      if (pause > 0 || task.moved % UNPACED_BURST === 0) await sleep(pause);
    if (task.status === 'CANCELLING') task.status = 'CANCELLED';
    if (task.status === 'RUNNING') task.status = 'COMPLETED';
  }

  private moveOne(task: MoveTask): boolean {
    task.source.processTimers();
    const next = task.source.messages[0];
    if (next === undefined) return false;
    const target = this.targetOf(task, next);
    if (target === undefined) {
      task.status = 'FAILED';
      task.failure = 'CouldNotDetermineMessageSource';
      return false;
    }
    task.source.messages.shift();
    const message = this.store.newMessage(next.body, next.messageAttributes, undefined, next.messageGroupId);
    this.store.logRedrive(next.messageId, { queue: target.name, message, dueAt: 0 });
    target.accept(message);
    task.moved += 1;
    return true;
  }

  private targetOf(task: MoveTask, message: FauxqsMessage): DurableQueue | undefined {
    const arn = task.destinationArn ?? this.store.sourceOfMessage(message);
    return arn === undefined ? undefined : this.store.getQueueByArn(arn);
  }

  private of(source: DurableQueue): MoveTask[] {
    return this.tasks.filter((task) => task.source === source);
  }

  private deadLetterQueue(arn: unknown): DurableQueue {
    const queue = this.existing(arn, 'SourceArn');
    if (this.sourcesOf(queue).length > 0) return queue;
    throw new SqsError('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.');
  }

  private sourcesOf(queue: DurableQueue): DurableQueue[] {
    return this.store
      .listQueues()
      .filter(({ attributes }) => redrivePolicy(attributes.RedrivePolicy)?.deadLetterTargetArn === queue.arn);
  }

  private existing(arn: unknown, parameter: string): DurableQueue {
    const queue = typeof arn === 'string' ? this.store.getQueueByArn(arn) : undefined;
    if (queue !== undefined) return queue;
    throw notFound(`The resource that you specified for the ${parameter} parameter doesn't exist.`);
  }
}

const notFound = (message: string): Error => new SqsError('ResourceNotFoundException', message, 404);

function parseRate(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const rate = Number(value);
  if (Number.isInteger(rate) && rate >= 1 && rate <= 500) return rate;
  throw new SqsError('InvalidParameterValue', 'MaxNumberOfMessagesPerSecond must be between 1 and 500.');
}

function describe(task: MoveTask): Record<string, unknown> {
  return {
    // AWS shows the handle only while it can be used to cancel the task.
    ...(task.status === 'RUNNING' && { TaskHandle: task.handle }),
    Status: task.status,
    SourceArn: task.source.arn,
    ...(task.destinationArn !== undefined && { DestinationArn: task.destinationArn }),
    ...(task.perSecond !== undefined && { MaxNumberOfMessagesPerSecond: task.perSecond }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failure !== undefined && { FailureReason: task.failure }),
    StartedTimestamp: task.startedAt,
  };
}
