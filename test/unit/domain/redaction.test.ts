import { describe, expect, it } from 'vitest';
import { isCredentialName, redactHeaders } from '../../../lambdas/domain/redaction';

describe('redaction', () => {
  it.each([
    'authorization',
    'Proxy-Authorization',
    'x-api-key',
    'X-Auth-Token',
    'x-shop-secret',
    'cookie',
    'x-password',
    'x-passwd',
    'x-session-id',
    'x-credential',
  ])('takes %s for a credential', (name) => {
    expect(isCredentialName(name)).toBe(true);
    expect(redactHeaders({ [name]: 'hunter2' })).toEqual({ [name]: '***' });
  });

  it.each(['content-type', 'user-agent', 'x-tenant', 'accept', 'x-request-id'])('leaves %s readable', (name) => {
    expect(redactHeaders({ [name]: 'value' })).toEqual({ [name]: 'value' });
  });

  it.each([
    ['Bearer hunter2', 'Bearer ***'],
    ['Basic aHVudGVyMg==', 'Basic ***'],
    ['hunter2', '***'],
    ['Token hunter2', '***'],
    ['Bearerhunter2', '***'],
  ])('keeps the scheme of %j at most', (value, expected) => {
    expect(redactHeaders({ Authorization: value })).toEqual({ Authorization: expected });
  });

  it('keeps no scheme of headers other than authorization', () => {
    expect(redactHeaders({ 'x-api-key': 'Bearer hunter2' })).toEqual({ 'x-api-key': '***' });
  });

  it('takes the word of its caller about which names are secret', () => {
    expect(redactHeaders({ a: 'x', 'x-token': 'y' }, (name) => name === 'a')).toEqual({ a: '***', 'x-token': 'y' });
  });
});
