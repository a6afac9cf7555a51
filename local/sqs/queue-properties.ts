import * as z from 'zod';
import { ignored, numeric, tags } from '../template/property-schemas';

/** What the local stack uses of `AWS::SQS::Queue`: standard queues. Encryption and permissions do not matter. */
export const queueProperties = z.strictObject({
  QueueName: z.string().optional(),
  DelaySeconds: numeric.optional(),
  MaximumMessageSize: numeric.optional(),
  MessageRetentionPeriod: numeric.optional(),
  ReceiveMessageWaitTimeSeconds: numeric.optional(),
  VisibilityTimeout: numeric.optional(),
  /** ARN of the customer's key; only used for permissions. */
  KmsMasterKeyId: z.string().optional(),
  RedrivePolicy: z.strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: numeric }).optional(),
  KmsDataKeyReusePeriodSeconds: ignored,
  RedriveAllowPolicy: ignored,
  SqsManagedSseEnabled: ignored,
  ...tags,
});
