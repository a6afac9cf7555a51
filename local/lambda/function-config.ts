import * as z from 'zod';
import { ignored, numeric, tags } from '../template/property-schemas';
import { type AsynchronousPolicy, USUAL_POLICY } from './asynchronous-events';
import type { Runtime } from './runtime';

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

/** What the local stack takes from `AWS::Lambda::EventInvokeConfig`: how asynchronous calls are repeated, but nowhere to send those given up. */
export const invokeConfigProperties = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.literal('$LATEST'),
  MaximumRetryAttempts: numeric.pipe(z.number().int().min(0).max(2)).default(USUAL_POLICY.retries),
  MaximumEventAgeInSeconds: numeric.pipe(z.number().int().min(60).max(21_600)).default(USUAL_POLICY.maxAgeSeconds),
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
  readonly runtime: Runtime & { readonly name: string };
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly asynchronous: AsynchronousPolicy;
  /** Most processes that handle its events: what more it may run side by side waits for one of them. */
  readonly workers: number;
}
