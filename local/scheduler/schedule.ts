import * as z from 'zod';

const target = z.object({
  Arn: z.string().min(1),
  RoleArn: z.string().min(1),
  Input: z.string().optional(),
  DeadLetterConfig: z.object({ Arn: z.string().optional() }).optional(),
  RetryPolicy: z
    .object({ MaximumEventAgeInSeconds: z.number().optional(), MaximumRetryAttempts: z.number().optional() })
    .optional(),
});

/** The members that make a schedule, as `CreateSchedule` and the template write them. */
export const scheduleInput = z.object({
  ScheduleExpression: z.string(),
  FlexibleTimeWindow: z.object({
    Mode: z.enum(['OFF', 'FLEXIBLE']),
    MaximumWindowInMinutes: z.number().optional(),
  }),
  Target: target,
  GroupName: z.string().default('default'),
  ActionAfterCompletion: z.enum(['NONE', 'DELETE']).default('NONE'),
  ClientToken: z.string().optional(),
  Description: z.string().optional(),
  ScheduleExpressionTimezone: z.literal('UTC', 'The local stack knows the time zone UTC only').default('UTC'),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
});

export const scheduleName = z.string().regex(/^[0-9a-zA-Z-_.]{1,64}$/, 'Member must satisfy [0-9a-zA-Z-_.]{1,64}');

export type ScheduleInput = z.infer<typeof scheduleInput>;

/** A schedule that exists. */
export interface Schedule extends ScheduleInput {
  readonly Name: string;
  readonly Arn: string;
  /** Epoch seconds. */
  readonly CreationDate: number;
  /** A one-time schedule that has started its target and does not delete itself. */
  readonly completed?: boolean;
}
