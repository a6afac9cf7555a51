import * as z from 'zod';
import type { RouteKey } from '../../lambdas/http/routes';
import type { Operation, Operations } from '../operation';
import { attemptOperations } from './attempts';
import { connectionOperations } from './connections';
import { deliveryOperations } from './deliveries';
import { destinationOperations } from './destinations';
import { eventOperations, metricOperations } from './events';
import { itemOperations } from './items';
import { keyOperations } from './keys';
import { recoveryOperations } from './recoveries';
import { sourceOperations } from './sources';

const serviceOperations = {
  'GET /health': {
    operationId: 'getHealth',
    tag: 'Service',
    summary: 'Say that the service answers',
    description: 'Reads nothing.',
    answer: { status: 200, description: 'It does', schema: z.object({ status: z.literal('ok') }) },
  },
  'GET /openapi.json': {
    operationId: 'getOpenApiDocument',
    tag: 'Service',
    summary: 'Read this document',
    description: 'The OpenAPI document of the version that answers.',
    answer: { status: 200, description: 'This document', schema: z.looseObject({ openapi: z.literal('3.1.0') }) },
  },
} satisfies Operations;

/** What the document says about every route. */
export const OPERATIONS: Readonly<Record<RouteKey, Operation>> = {
  ...serviceOperations,
  ...eventOperations,
  ...sourceOperations,
  ...destinationOperations,
  ...connectionOperations,
  ...keyOperations,
  ...metricOperations,
  ...attemptOperations,
  ...itemOperations,
  ...deliveryOperations,
  ...recoveryOperations,
};
