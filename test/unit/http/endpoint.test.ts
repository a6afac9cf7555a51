import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { createHttpHandler, type Endpoints } from '../../../lambdas/http/endpoint';
import { ROUTES } from '../../../lambdas/http/routes';
import { httpEvent, lambdaContext } from '../support/http-event';

const authenticate = async () => {
  throw new Error('nobody calls');
};
const endpointsOf = (fn: string): Endpoints =>
  Object.fromEntries(
    ROUTES.filter((route) => route.function === fn).map((route) => [
      `${route.method} ${route.path}`,
      { public: true as const, handle: async () => ({ status: 200, body: {} }) },
    ]),
  );

describe('the list of routes', () => {
  it('names each method and path once', () => {
    const names = ROUTES.map(({ method, path }) => `${method} ${path.replaceAll(/\{[^}]+\}/g, '{}')}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is spelled as API Gateway spells paths', () => {
    for (const { path } of ROUTES) expect(path).toMatch(/^(\/([a-z0-9.-]+|\{[A-Za-z]+\}))+$/);
  });
});

describe('a function that answers HTTP', () => {
  it.each(['ingest', 'api', 'manage'] as const)('%s starts with exactly the endpoints of its routes', (fn) => {
    const endpoints = endpointsOf(fn);
    expect(() => createHttpHandler(fn, endpoints, authenticate)).not.toThrow();
    const [first = '', ...others] = Object.entries(endpoints);
    expect(() => createHttpHandler(fn, Object.fromEntries(others), authenticate)).toThrow();
    const wrong = { ...Object.fromEntries(others), 'GET /other': endpoints[first[0] ?? ''] } as Endpoints;
    expect(() => createHttpHandler(fn, wrong, authenticate)).toThrow();
  });

  it.each([
    ['api', 'GET', '/api/deliveries/bulk-replay', 'POST'],
    ['api', 'GET', '/v1/events/batch', 'POST'],
    ['api', 'POST', '/api/organizations/acme/deliveries/dead-letter', 'GET'],
    ['manage', 'DELETE', '/v1/sources/templates', 'GET'],
  ] as const)('%s does not take %s %s for a path with an id: it names %s', async (fn, method, path, allow) => {
    const answer = await answerOf(fn, method, path);
    expect(answer).toMatchObject({ statusCode: 405, headers: { allow } });
  });

  it.each([
    ['api', 'GET', '/api/deliveries/dead-letter'],
    ['api', 'GET', '/api/organizations/acme/deliveries/stats'],
    ['api', 'GET', '/api/deliveries/dlv_1'],
    ['manage', 'GET', '/v1/sources/templates'],
  ] as const)('%s serves %s %s', async (fn, method, path) => {
    expect(await answerOf(fn, method, path)).toMatchObject({ statusCode: 200 });
  });
});

async function answerOf(fn: 'api' | 'manage', method: string, path: string): Promise<unknown> {
  const handler = createHttpHandler(fn, endpointsOf(fn), authenticate);
  const event: APIGatewayProxyEventV2 = httpEvent({ path, method });
  return handler(event, lambdaContext());
}
