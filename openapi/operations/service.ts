import * as z from 'zod';
import type { Operations } from '../operation';

export const serviceOperations: Operations = {
  'GET /health': {
    operationId: 'getHealth',
    tag: 'Service',
    summary: 'Say that the service answers',
    description: 'Reads nothing.',
    needs: 'no key',
    answer: { status: 200, description: 'It does', schema: z.object({ status: z.literal('ok') }) },
  },
  'GET /openapi.json': {
    operationId: 'getOpenApiDocument',
    tag: 'Service',
    summary: 'Read this document',
    description: 'The OpenAPI document of the version that answers.',
    needs: 'no key',
    answer: { status: 200, description: 'This document', schema: z.looseObject({ openapi: z.literal('3.1.0') }) },
  },
};
