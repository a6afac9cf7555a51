import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import {
  AddressBlockedError,
  guardedLookup,
} from '../../../lambdas/functions/deliver/transports/http/guarded-connector';

type Answer = { error: Error | null; addresses: unknown; family: number | undefined };

/** Asks a guarded lookup whose resolver answers with `found`. */
function lookUp(found: readonly LookupAddress[] | Error, all = true): Promise<Answer> {
  const resolver = (_name: string, _options: object, callback: (error: Error | null, all: LookupAddress[]) => void) =>
    found instanceof Error ? callback(found, []) : callback(null, [...found]);
  const lookup = guardedLookup({ allowLoopback: false }, resolver as never);
  return new Promise((resolve) => {
    lookup('receiver.example', { all }, (error, addresses, family) => resolve({ error, addresses, family }));
  });
}

const ipv4 = (address: string): LookupAddress => ({ address, family: 4 });
const ipv6 = (address: string): LookupAddress => ({ address, family: 6 });

describe('the guarded lookup', () => {
  it('answers with the public addresses of a name only', async () => {
    const { addresses } = await lookUp([ipv4('10.0.0.1'), ipv4('8.8.8.8'), ipv6('::1'), ipv6('2606:4700::1111')]);
    expect(addresses).toEqual([ipv4('8.8.8.8'), ipv6('2606:4700::1111')]);
  });

  it('answers with the first of them when one is asked for', async () => {
    expect(await lookUp([ipv4('10.0.0.1'), ipv6('2606:4700::1111')], false)).toMatchObject({
      addresses: '2606:4700::1111',
      family: 6,
    });
  });

  it.each([
    ['a private one', [ipv4('192.168.1.1')]],
    ['the metadata service', [ipv4('169.254.169.254')]],
    ['a mapped private one', [ipv6('::ffff:10.0.0.1')]],
    ['none', []],
  ])('refuses a name that has %s as its only address', async (_, found) => {
    expect((await lookUp(found)).error).toBeInstanceOf(AddressBlockedError);
  });

  it('passes on that a name cannot be resolved', async () => {
    const error = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    expect((await lookUp(error)).error).toBe(error);
  });
});
