import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../local/gateway/routes';

const router = (...keys: string[]) =>
  createRouter(keys.map((routeKey) => ({ routeKey, functionName: 'f', timeoutMs: 30_000 })));

describe('routing', () => {
  const route = router(
    '$default',
    'ANY /v1/{proxy+}',
    'GET /v1/events/{id}',
    'ANY /v1/events/{id}',
    'GET /v1/events/batch',
    'POST /v1/events/{id}/retry',
  );
  const keyOf = (method: string, path: string) => route(method, path)?.target.routeKey;

  it('prefers literal segments to parameters and parameters to the rest of the path', () => {
    expect(keyOf('GET', '/v1/events/batch')).toBe('GET /v1/events/batch');
    expect(keyOf('GET', '/v1/events/evt_1')).toBe('GET /v1/events/{id}');
    expect(keyOf('GET', '/v1/other/thing')).toBe('ANY /v1/{proxy+}');
  });

  it('prefers a method to ANY', () => {
    expect(keyOf('PUT', '/v1/events/evt_1')).toBe('ANY /v1/events/{id}');
  });

  it('sends what nothing else takes to $default', () => {
    expect(keyOf('GET', '/nowhere')).toBe('$default');
    expect(router('GET /only')('GET', '/nowhere')).toBeUndefined();
  });

  it('gives the parameters of the path', () => {
    expect(route('POST', '/v1/events/evt_1/retry')?.pathParameters).toEqual({ id: 'evt_1' });
    expect(route('GET', '/v1/a/b c')?.pathParameters).toEqual({ proxy: 'a/b c' });
  });

  it('takes no empty segment for a parameter', () => {
    expect(keyOf('POST', '/v1/events//retry')).toBe('ANY /v1/{proxy+}');
    expect(router('GET /a/{id}')('GET', '/a/')).toBeUndefined();
  });
});
