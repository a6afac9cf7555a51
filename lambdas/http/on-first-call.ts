import type { Needs } from './authentication';
import type { Endpoint, Endpoints } from './endpoint';

/**
 * Endpoints whose modules are loaded when one of them is called first: a function has many of them, and a request needs
 * one. Who may call is known before, so a refused call loads nothing.
 *
 * @param scopes the scope that each route needs
 */
export function onFirstCall(scopes: Readonly<Record<string, Needs>>, load: () => Promise<Endpoints>): Endpoints {
  let loaded: Promise<Endpoints> | undefined;
  const endpointAt = async (route: string, scope: Needs) => {
    loaded ??= load();
    const endpoint = (await loaded)[route];
    if (endpoint && !endpoint.public && endpoint.scope === scope) return endpoint;
    throw new Error(`What was loaded does not serve ${route} for the scope ${scope}.`);
  };
  const entries = Object.entries(scopes).map(([route, scope]): [string, Endpoint] => [
    route,
    { scope, handle: async (request, caller) => (await endpointAt(route, scope)).handle(request, caller) },
  ]);
  return Object.fromEntries(entries);
}
