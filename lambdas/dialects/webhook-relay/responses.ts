import { deliveryAnswers } from '../hookbase/responses';
import { STATUS_WORDS } from './statuses';

/** `/api/organizations/{orgId}/deliveries`: the members of the Hookbase surface, with four words for a status. */
export const deliveries = deliveryAnswers('OrganizationDelivery', Object.keys(STATUS_WORDS));
