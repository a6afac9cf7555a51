import type { Operations } from '../operation';
import { attemptOperations } from './attempts';
import { configurationOperations } from './configuration';
import { deliveryOperations } from './deliveries';
import { eventOperations } from './events';
import { itemOperations } from './items';
import { keyOperations } from './keys';
import { metricOperations } from './metrics';
import { recoveryOperations } from './recoveries';
import { serviceOperations } from './service';

/** What the document says of every route. */
export const OPERATIONS: Operations = {
  ...serviceOperations,
  ...eventOperations,
  ...configurationOperations,
  ...keyOperations,
  ...metricOperations,
  ...attemptOperations,
  ...itemOperations,
  ...deliveryOperations,
  ...recoveryOperations,
};
