import { LocalStackError } from '../errors';

/** Concurrent executions of an account whose quota was raised once; a fresh one has ten. */
export const USUAL_QUOTA = 1000;
/** What an account has to leave to functions that reserve nothing. */
const UNRESERVABLE = 100;

/** An invocation that was refused because too many others run; the function has not seen its event. */
export class Throttled extends Error {
  override readonly name = 'TooManyRequestsException';

  constructor(functionName: string) {
    super(`${functionName}: Rate Exceeded.`);
  }
}

/** Executions that may run at the same time: those that a function has reserved, or those that the others share. */
export class Concurrency {
  private running = 0;

  constructor(private readonly limit: number) {}

  /**
   * Runs something while it counts as one execution.
   *
   * @throws Throttled if the limit is reached
   */
  async run<T>(functionName: string, execution: () => Promise<T>): Promise<T> {
    if (this.running >= this.limit) throw new Throttled(functionName);
    this.running += 1;
    try {
      return await execution();
    } finally {
      this.running -= 1;
    }
  }
}

interface Reserving {
  readonly logicalId: string;
  readonly properties: { readonly ReservedConcurrentExecutions?: number | undefined };
}

/**
 * Divides an account's quota: what a function reserves is its own, the others share the rest.
 *
 * @returns tells the executions of each of the functions
 * @throws LocalStackError if they reserve more than AWS allows
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
export function divideQuota(functions: readonly Reserving[], quota: number): (one: Reserving) => Concurrency {
  let unreserved = quota;
  const least = Math.min(UNRESERVABLE, quota);
  for (const { logicalId, properties } of functions) {
    unreserved -= properties.ReservedConcurrentExecutions ?? 0;
    if (unreserved < least)
      throw new LocalStackError(
        `The local stack cannot run ${logicalId}: what it reserves decreases the account's unreserved concurrency below its minimum of ${least}.`,
      );
  }
  const shared = new Concurrency(unreserved);
  return ({ properties: { ReservedConcurrentExecutions: reserved } }) =>
    reserved === undefined ? shared : new Concurrency(reserved);
}
