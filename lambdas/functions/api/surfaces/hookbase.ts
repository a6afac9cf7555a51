import { bulkReplayBody, listQuery } from '../../../dialects/hookbase/query';
import { writeBulkReplay, writeDelivery } from '../../../dialects/hookbase/wire';
import { type Principal, requireEnvironment } from '../../../http/authentication';
import type { Endpoints } from '../../../http/endpoint';
import type { ApiRequest, ApiResponse } from '../../../http/messages';
import { parseJson, validate } from '../../../http/parse';
import { bulkReplay } from '../../../operations/bulk-replay';
import type { Ports } from '../../../operations/ports';
import { deliveryEndpoints } from './delivery-surface';

/** `/api/deliveries`: deliveries with all their statuses, bulk replay and dead letters. */
export function hookbaseEndpoints(deps: Ports): Endpoints {
  const surface = { deps, dialect: { listQuery, writeDelivery } };
  return {
    ...deliveryEndpoints(surface, '/api/deliveries', () => {}),
    'POST /api/deliveries/bulk-replay': {
      scope: 'write',
      handle: (request, caller) => replayMany(deps, request, caller),
    },
  };
}

async function replayMany(deps: Ports, request: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const principal = requireEnvironment(caller);
  const { deliveryIds } = validate(bulkReplayBody, parseJson(request.body).value);
  return { status: 200, body: writeBulkReplay(await bulkReplay(deps, principal, deliveryIds)) };
}
