import * as z from 'zod';
import { ignored, numeric, tags } from '../template/property-schemas';

/** What the local stack uses of `AWS::Lambda::EventSourceMapping`. */
export const mappingProperties = z.strictObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  BatchSize: numeric.optional(),
  BisectBatchOnFunctionError: z.boolean().default(false),
  DestinationConfig: z.strictObject({ OnFailure: z.strictObject({ Destination: z.string() }).optional() }).optional(),
  Enabled: z.boolean().default(true),
  FilterCriteria: z.strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string() })) }).optional(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  MaximumBatchingWindowInSeconds: numeric.default(0),
  MaximumRecordAgeInSeconds: numeric.default(-1),
  MaximumRetryAttempts: numeric.default(-1),
  // More than one batch of a shard at a time would need a different way of keeping checkpoints.
  ParallelizationFactor: numeric.pipe(z.literal(1)).optional(),
  ScalingConfig: z.strictObject({ MaximumConcurrency: numeric }).optional(),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']).default('TRIM_HORIZON'),
  MetricsConfig: ignored,
  ...tags,
});

export type MappingProperties = z.infer<typeof mappingProperties>;
