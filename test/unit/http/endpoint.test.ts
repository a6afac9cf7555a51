import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Needs } from '../../../lambdas/http/authentication';
import { createHttpHandler, type EndpointsOf } from '../../../lambdas/http/endpoint';
import { ApiError } from '../../../lambdas/http/errors';
import { type HttpFunction, ROUTES } from '../../../lambdas/http/routes';
import { httpEvent, lambdaContext } from '../support/http-event';

const nobody = async () => {
  throw new ApiError('FORBIDDEN', 'nobody calls');
};
const answer = async () => ({ status: 200, body: {} });
const endpointsOf = <F extends HttpFunction>(fn: F, serve = answer) =>
  Object.fromEntries(
    ROUTES.filter((route) => route.function === fn).map(({ key }) => [key, serve]),
  ) as unknown as EndpointsOf<F>;

describe('the list of routes', () => {
  it('names each method and path once', () => {
    const names = ROUTES.map(({ method, path }) => `${method} ${path.replaceAll(/\{[^}]+\}/g, '{}')}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is spelled as API Gateway spells paths', () => {
    for (const { path } of ROUTES) expect(path).toMatch(/^(\/([a-z0-9.-]+|\{[A-Za-z]+\}))+$/);
  });

  it.each(ROUTES)('says that $key needs $scope, and nothing serves it before that is known', async (route) => {
    const asked: Needs[] = [];
    let served = 0;
    const serve = async () => {
      served += 1;
      return { status: 200, body: {} };
    };
    const handler = createHttpHandler(endpointsOf(route.function, serve), async (_, needs) => {
      asked.push(needs);
      return nobody();
    });
    const result = await handler(httpEvent({ method: route.method, path: route.path }), lambdaContext());
    const isPublic = route.scope === 'no key';
    expect(asked).toEqual(isPublic ? [] : [route.scope]);
    expect([served, result]).toMatchObject(isPublic ? [1, { statusCode: 200 }] : [0, { statusCode: 403 }]);
  });
});

describe('a function that answers HTTP', () => {
  it('has exactly the endpoints of its routes, or does not compile', () => {
    type Ingest = 'POST /v1/events' | 'POST /v1/events/batch' | 'POST /v1/ingest/{sourceId}';
    expectTypeOf<keyof EndpointsOf<'ingest'>>().toEqualTypeOf<Ingest>();
    expectTypeOf<keyof EndpointsOf<'ingest' | 'api' | 'manage'>>().toEqualTypeOf<(typeof ROUTES)[number]['key']>();
    const most = { 'POST /v1/events': answer, 'POST /v1/events/batch': answer };
    // @ts-expect-error One is missing.
    createHttpHandler<'ingest'>(most, nobody);
    // @ts-expect-error One has no route.
    createHttpHandler<'ingest'>({ ...most, 'POST /v1/ingest/{sourceId}': answer, 'GET /other': answer }, nobody);
    const forCallers = async (_: unknown, { keyId }: { keyId: string }) => ({ status: 200, body: keyId });
    // @ts-expect-error Nobody is known to call a route that takes no key.
    createHttpHandler<'ingest'>({ ...most, 'POST /v1/ingest/{sourceId}': forCallers }, nobody);
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

  it('serves the route that the gateway found, whatever else stands before the path', async () => {
    const event = httpEvent({ path: '/posthorn/api/deliveries/dlv_1', route: 'GET /api/deliveries/{id}' });
    const handler = createHttpHandler<'api'>(endpointsOf('api'), authenticate);
    expect(await handler(event, lambdaContext())).toMatchObject({ statusCode: 200 });
  });

  it.each([
    ['/', { error: 'There is nothing at /', code: 'RESOURCE_NOT_FOUND' }],
    ['/api', { error: 'There is nothing at /api', code: 'RESOURCE_NOT_FOUND' }],
    ['/api/', { error: 'Not Found', message: 'There is nothing at /api/', code: 'RESOURCE_NOT_FOUND' }],
    ['/api/a/b', { error: 'Not Found', message: 'There is nothing at /api/a/b', code: 'RESOURCE_NOT_FOUND' }],
    ['/v1/delivery', { error: 'There is nothing at /v1/delivery', code: 'RESOURCE_NOT_FOUND' }],
    ['/v1/delivery/', { error: 'not_found', message: 'There is nothing at /v1/delivery/' }],
    ['/v1/delivery/a/b', { error: 'not_found', message: 'There is nothing at /v1/delivery/a/b' }],
    ['/v1/delivery-items', { error: 'There is nothing at /v1/delivery-items', code: 'RESOURCE_NOT_FOUND' }],
  ])('answers the unknown path %s in the words of the surface that it is near', async (path, body) => {
    expect(await answerOf('api', 'GET', path)).toMatchObject({ statusCode: 404, body: JSON.stringify(body) });
  });
});

const authenticate = async () => ({
  ...{ keyId: 'key_1', keyName: 'k', keyHash: 'h', organization: 'org_1', organizationName: 'acme' },
  scopes: [],
});

async function answerOf(fn: 'api' | 'manage', method: string, path: string): Promise<unknown> {
  const handler = createHttpHandler(endpointsOf(fn), authenticate);
  return handler(httpEvent({ path, method }), lambdaContext());
}
