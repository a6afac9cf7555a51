import { listQuery } from '../../lambdas/dialects/delivery-items/query';
import type { Operations } from '../operation';
import { item, items, replayed } from '../responses/delivery-items';

const tag = 'Delivery items';
const params = { id: 'UUID of the item' };

export const itemOperations = {
  'GET /v1/delivery/items': {
    operationId: 'listDeliveryItems',
    tag,
    summary: 'List items',
    description: 'The newest first.',
    query: listQuery,
    answer: { status: 200, description: 'A page of items', schema: items },
  },
  'GET /v1/delivery/items/{id}': {
    operationId: 'getDeliveryItem',
    tag,
    summary: 'Read an item',
    description: 'With the bodies that it sent and got back.',
    params,
    answer: { status: 200, description: 'The item', schema: item },
  },
  'POST /v1/delivery/items/{id}/replay': {
    operationId: 'replayDeliveryItem',
    tag,
    summary: 'Replay an item',
    description: 'Makes a new delivery of the same event with the same idempotency key.',
    params,
    answer: { status: 200, description: 'The new delivery is on its way', schema: replayed },
    refusals: [400],
  },
} satisfies Operations;
