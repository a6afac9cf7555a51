import { STATUS_WORDS } from '../../lambdas/dialects/webhook-relay/wire';
import { deliveryAnswers } from './hookbase';

/** `/api/organizations/{orgId}/deliveries`: the members of the Hookbase surface, with four words for a status. */
export const deliveries = deliveryAnswers('OrganizationDelivery', Object.keys(STATUS_WORDS));
