import { volumeQuery } from '../../lambdas/functions/api/metrics';
import type { Operations } from '../operation';
import { overview, volume } from '../responses/events';

const tag = 'Metrics';

export const metricOperations: Operations = {
  'GET /v1/metrics/overview': {
    operationId: 'getOverview',
    tag,
    summary: 'Read the figures of today',
    description: 'Days and weeks are those of UTC.',
    needs: 'read',
    answer: { status: 200, description: 'The figures', schema: overview },
  },
  'GET /v1/metrics/volume': {
    operationId: 'getVolume',
    tag,
    summary: 'Read how many events came in',
    description: 'By hour or day and by source, the oldest first; the last 24 hours unless a range is given.',
    needs: 'read',
    query: volumeQuery,
    answer: { status: 200, description: 'The volume', schema: volume },
  },
};
