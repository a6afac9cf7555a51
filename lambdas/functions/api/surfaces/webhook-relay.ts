import { listQuery, writeDelivery } from '../../../dialects/webhook-relay/wire';
import type { Principal } from '../../../http/authentication';
import type { Endpoints } from '../../../http/endpoint';
import type { ApiRequest } from '../../../http/messages';
import { requireOrganization } from '../../../http/tenant';
import type { Ports } from '../../../operations/ports';
import { deliveryEndpoints } from './delivery-surface';

const PATH = '/api/organizations/{orgId}/deliveries';

/** `/api/organizations/{orgId}/deliveries`: deliveries in four statuses, for the caller's own organization. */
export function webhookRelayEndpoints(deps: Ports): Endpoints {
  return deliveryEndpoints({ deps, dialect: { listQuery, writeDelivery } }, PATH, admitOwnOrganization);
}

const admitOwnOrganization = ({ params }: ApiRequest, caller: Principal): void =>
  requireOrganization(caller, params.orgId ?? '');
