import { Logger } from '@aws-lambda-powertools/logger';

/**
 * The logger of a function: JSON lines, one wide line for each unit of work. Never given a payload, a secret or a key.
 */
export const logger = new Logger();
