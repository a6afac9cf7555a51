import { Logger } from '@aws-lambda-powertools/logger';
import { inSources } from './stack-traces';

/**
 * The logger of a function: JSON lines, one wide line for each unit of work. Never given a payload, a secret or a key.
 */
export const logger = new Logger({
  jsonReplacerFn: (_key, value) => (value instanceof Error ? describe(value) : value),
});

/**
 * What is logged of an error. The errors of a failed condition carry the item that it failed on, with everything in it,
 * and the logger would print all that an error carries.
 */
function describe({ name, message, stack, cause }: Error) {
  return { name, message, stack: stack && inSources(stack), ...(cause instanceof Error && { cause }) };
}
