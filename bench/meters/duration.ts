import type { FunctionFacts } from './facts';
import { quantile } from './quantile';

/**
 * With so much memory a function has a whole processor; with less its share of one.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const MEGABYTES_OF_A_PROCESSOR = 1769;

/** What a call from Lambda to DynamoDB or SQS usually takes, in milliseconds. */
const CALL_MS = 6;

/** Whatever else runs on the machine only ever makes it slower: the quarter that it disturbs least is what counts. */
const UNDISTURBED = 0.25;

/** What is known of the invocations of a function; times in milliseconds. */
export interface Work {
  /** Processor time of each. */
  readonly cpuMs: readonly number[];
  /** How often each waits for AWS, on average. */
  readonly rounds: number;
  /** How long each waits for a receiver, on average. */
  readonly receiverMs: number;
}

/**
 * How long one invocation would last on Lambda, in milliseconds: its processor time at the function's share of a processor,
 * and its waits at the pace of AWS. How long it took here depends on the machine and on what else runs on it.
 */
export function lambdaDuration(
  { cpuMs, rounds, receiverMs }: Work,
  { memoryMb }: Pick<FunctionFacts, 'memoryMb'>,
): number {
  if (cpuMs.length === 0) return 0;
  const share = Math.min(1, memoryMb / MEGABYTES_OF_A_PROCESSOR);
  return quantile(cpuMs, UNDISTURBED) / share + rounds * CALL_MS + receiverMs;
}
