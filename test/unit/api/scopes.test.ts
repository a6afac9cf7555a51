import { describe, expect, test } from 'vitest';
import { recoveryEndpoints } from '../../../lambdas/functions/api/recoveries';
import * as scopes from '../../../lambdas/functions/api/scopes';
import { deliveryItemsEndpoints } from '../../../lambdas/functions/api/surfaces/delivery-items';
import { hookbaseEndpoints } from '../../../lambdas/functions/api/surfaces/hookbase';
import { hookstreamEndpoints } from '../../../lambdas/functions/api/surfaces/hookstream';
import { webhookRelayEndpoints } from '../../../lambdas/functions/api/surfaces/webhook-relay';

/** Nothing is called: making endpoints asks nothing of what they depend on. */
const deps = {} as never;

const LOADED_LATER = [
  { routes: 'of recoveries', known: scopes.recoveries, endpoints: recoveryEndpoints(deps) },
  { routes: 'of Hookstream', known: scopes.hookstream, endpoints: hookstreamEndpoints(deps) },
  { routes: 'of delivery items', known: scopes.deliveryItems, endpoints: deliveryItemsEndpoints(deps) },
  { routes: 'of Hookbase', known: scopes.hookbase, endpoints: hookbaseEndpoints(deps) },
  { routes: 'of Webhook Relay', known: scopes.webhookRelay, endpoints: webhookRelayEndpoints(deps) },
];

describe('The scopes that are known before what serves a route is loaded', () => {
  test.each(LOADED_LATER)('are those of the routes $routes', ({ known, endpoints }) => {
    const served = Object.fromEntries(Object.entries(endpoints).map(([route, { scope }]) => [route, scope]));
    expect(served).toEqual(known);
  });
});
