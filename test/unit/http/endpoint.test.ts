import { describe, expect, it } from 'vitest';
import { createHttpHandler, type Endpoints } from '../../../lambdas/http/endpoint';
import { ROUTES } from '../../../lambdas/routes';

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
});
