import * as z from 'zod';
import { ignored, numeric, tags } from '../template/property-schemas';

/** What the local stack uses of `AWS::Lambda::Function`: ESM bundles for Node.js. Logs, architecture do not matter. */
export const functionProperties = z.strictObject({
  FunctionName: z.string().optional(),
  Code: z.strictObject({ S3Bucket: ignored, S3Key: z.string() }),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.coerce.string()).optional() }).optional(),
  Handler: z.string().regex(/^[\w/-]+\.\w+$/),
  MemorySize: numeric.default(128),
  ReservedConcurrentExecutions: numeric.optional(),
  Role: z.string(),
  Runtime: z.string().startsWith('nodejs'),
  Timeout: numeric.default(3),
  Architectures: ignored,
  Description: ignored,
  LoggingConfig: ignored,
  RecursiveLoop: ignored,
  TracingConfig: ignored,
  ...tags,
});

/**
 * The only `AWS::Lambda::EventInvokeConfig` that the local stack accepts: asynchronous invocations are never retried. They
 * start at once, so their age does not matter.
 */
export const invokeConfigProperties = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.literal('$LATEST'),
  MaximumRetryAttempts: numeric.pipe(z.literal(0)),
  MaximumEventAgeInSeconds: ignored,
});

/** One function as the local stack runs it. */
export interface FunctionConfig {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** The bundle file, and the name under which it exports the handler. */
  readonly entry: { readonly file: string; readonly name: string };
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** How many events are handled at the same time, at most. */
  readonly concurrency: number;
}
