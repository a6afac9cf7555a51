import type { Operations } from '../operation';
import { connectionOperations } from './connections';
import { destinationOperations } from './destinations';
import { sourceOperations } from './sources';

/** Sources, destinations and connections. */
export const configurationOperations: Operations = {
  ...sourceOperations,
  ...destinationOperations,
  ...connectionOperations,
};
