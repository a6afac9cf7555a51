import { ConflictException, CreateScheduleCommand, type SchedulerClient } from '@aws-sdk/client-scheduler';
import { type DeliveryQueue, type DueAttempt, enqueue, MAX_SQS_DELAY_SECONDS, messageParameters } from './enqueue';
import { newToken } from './message';

/**
 * The Scheduler calls SQS's SendMessage itself (a "universal target"). Its templated SQS target supports message groups
 * for FIFO queues only, and this is a standard queue whose groups keep it fair.
 */
const SEND_MESSAGE = 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage';

/**
 * The Scheduler replaces this with a new id for every call of its target. It calls at least once, so a schedule may
 * send twice; with a fixed token the second copy would look like a redrive of the first.
 * (https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html)
 */
const EXECUTION_ID = '<aws.scheduler.execution-id>';

export interface Schedules {
  readonly scheduler: SchedulerClient;
  readonly group: string;
  readonly roleArn: string;
  /** Delays up to this many seconds use SQS, longer ones the Scheduler. */
  readonly thresholdSeconds: number;
}

/** A schedule is named after its attempt, so creating it twice makes one schedule. */
export const scheduleName = ({ base, ordinal, attempt }: DueAttempt): string => `${base}-${ordinal}-${attempt}`;

/** The parameters of the one-time schedule of an attempt; it deletes itself once it has fired. */
export function scheduleParameters(queueUrl: string, schedules: Schedules, due: DueAttempt, at: Date) {
  return {
    Name: scheduleName(due),
    GroupName: schedules.group,
    ScheduleExpression: `at(${at.toISOString().slice(0, 19)})`,
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'OFF' as const },
    ActionAfterCompletion: 'DELETE' as const,
    Target: {
      Arn: SEND_MESSAGE,
      RoleArn: schedules.roleArn,
      Input: JSON.stringify({ QueueUrl: queueUrl, ...messageParameters(due, newToken() + EXECUTION_ID) }),
    },
  };
}

/**
 * Enqueues an attempt for the time when it is due: with an SQS delay up to the threshold, with a one-time schedule
 * beyond. Safe to repeat: a second schedule is the first one, and a second message finds its attempt made.
 *
 * @param at when the attempt is due, milliseconds since the epoch; a time in the past means now
 * @param now milliseconds since the epoch
 */
export async function enqueueAt(
  queue: DeliveryQueue,
  schedules: Schedules,
  due: DueAttempt,
  at: number,
  now: number,
): Promise<void> {
  const delaySeconds = Math.max(0, Math.ceil((at - now) / 1000));
  if (delaySeconds <= Math.min(schedules.thresholdSeconds, MAX_SQS_DELAY_SECONDS)) {
    return enqueue(queue, due, delaySeconds);
  }
  try {
    // Schedules have whole seconds; rounding up keeps the promise not to come sooner than asked.
    const second = new Date(Math.ceil(at / 1000) * 1000);
    await schedules.scheduler.send(new CreateScheduleCommand(scheduleParameters(queue.url, schedules, due, second)));
  } catch (error) {
    if (!(error instanceof ConflictException)) throw error;
  }
}
