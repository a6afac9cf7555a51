import { ConflictException, CreateScheduleCommand, type SchedulerClient } from '@aws-sdk/client-scheduler';
import { type DeliveryQueue, type DueAttempt, enqueue, MAX_SQS_DELAY_SECONDS, messageParameters } from './enqueue';
import { newToken } from './message';

/**
 * The Scheduler calls SQS's SendMessage itself (a "universal target"). Its ready-made SQS target knows message groups for
 * FIFO queues only, and this queue is a standard one whose groups keep it fair.
 */
const SEND_MESSAGE = 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage';

/**
 * The Scheduler puts a new id here for every call of its target. It calls at least once, so a schedule may send twice;
 * with one fixed token the second copy would look like a redrive of the first.
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

/** A schedule is named after its attempt, so that creating it twice is one schedule. */
export const scheduleName = ({ base, delivery, attempt }: DueAttempt): string => `${base}-${delivery}-${attempt}`;

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
 * Makes sure that an attempt is enqueued when it is due: by SQS up to the threshold, beyond it by a one-time schedule.
 * Safe to repeat: a second schedule is the first one, and a second message finds that its attempt was made.
 *
 * @param at when the attempt is due, milliseconds since the epoch; a time in the past is due now
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
    // Seconds are all that a schedule knows; rounding up keeps the promise not to come sooner than asked.
    const second = new Date(Math.ceil(at / 1000) * 1000);
    await schedules.scheduler.send(new CreateScheduleCommand(scheduleParameters(queue.url, schedules, due, second)));
  } catch (error) {
    if (!(error instanceof ConflictException)) throw error;
  }
}
