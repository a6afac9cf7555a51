import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAllowedAddress } from '../../../lambdas/domain/address';

const strict = { allowLoopback: false };
const local = { allowLoopback: true };

/** Special addresses by what makes them special; none of them may ever be reached. */
const SPECIAL = {
  'this network': ['0.0.0.0', '0.1.2.3', '0.255.255.255', '::'],
  private: ['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255'],
  'carrier-grade NAT': ['100.64.0.1', '100.127.255.255'],
  'link-local and metadata': ['169.254.0.1', '169.254.169.254', '169.254.170.2', 'fe80::1', 'febf::1', 'fe80::1%eth0'],
  'metadata over IPv6 and unique local': ['fd00:ec2::254', 'fc00::1', 'fdff:ffff::1'],
  'site-local': ['fec0::1', 'feff::1'],
  'protocol assignments': ['192.0.0.1', '192.0.0.8', '192.0.0.170', '2001::1', '2001:1::1', '2001:1ff:ffff::1'],
  documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1', '3fff:fff::1'],
  benchmarking: ['198.18.0.1', '198.19.255.255', '2001:2::1'],
  'relays and anycast services': ['192.88.99.1', '192.52.193.1', '192.31.196.1', '192.175.48.1', '2001:3::1'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1'],
  'reserved and broadcast': ['240.0.0.1', '254.255.255.255', '255.255.255.255'],
  'IPv4 mapped into IPv6': ['::ffff:10.0.0.1', '::ffff:a9fe:a9fe', '::ffff:192.168.1.1', '::ffff:0.0.0.0'],
  'IPv4 translated': ['::ffff:0:10.0.0.1', '::ffff:0:7f00:1'],
  'IPv4 compatible': ['::10.0.0.1', '::7f00:1', '::a9fe:a9fe', '::808:808'],
  NAT64: ['64:ff9b::10.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b::8.8.8.8', '64:ff9b:1::7f00:1'],
  '6to4': ['2002:a00:1::', '2002:7f00:1::1', '2002:a9fe:a9fe::'],
  Teredo: ['2001:0:7f00:1::', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  discard: ['100::1', '100:0:0:1::1'],
  'segment routing': ['5f00::1'],
  ORCHID: ['2001:10::1', '2001:20::1', '2001:30::1'],
  'prefixes that nobody was given': ['1::1', '400::1', '4000::1', '6000::1', 'e000::1', 'f800::1'],
};

const LOOPBACK = ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '0:0:0:0:0:0:0:1', '::ffff:7f00:1'];

const PUBLIC = ['1.1.1.1', '8.8.8.8', '100.63.255.255', '100.128.0.1', '172.15.255.255', '172.32.0.1', '192.167.1.1'];
const PUBLIC6 = ['2606:4700::1111', '2a00:1450:4001:81b::200e', '2001:4860:4860::8888', '2400:cb00::1'];

describe('an address that deliveries may not reach', () => {
  const special = Object.entries(SPECIAL).flatMap(([kind, addresses]) => addresses.map((address) => [kind, address]));

  it('is tried in more than sixty spellings below', () => {
    expect(special.length).toBeGreaterThan(60);
  });

  it.each(special)('%s: %s', (_, address = '') => {
    expect(isAllowedAddress(address, strict)).toBe(false);
    expect(isAllowedAddress(address, local)).toBe(false);
  });

  it.each(['', 'localhost', 'example.com', '1.2.3.4.5', '1.2.3.256', ':::', '[::1]', '10.0.0.1/8', '1.1.1.1 '])(
    'is everything that is no address: %j',
    (text) => {
      expect(isAllowedAddress(text, local)).toBe(false);
    },
  );

  it('is any IPv6 address outside 2000::/3 apart from loopback and mapped ones', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    const first = group.filter((one) => one >> 13 !== 1);
    fc.assert(
      fc.property(first, fc.array(group, { minLength: 7, maxLength: 7 }), (head, rest) => {
        fc.pre(head !== 0);
        expect(isAllowedAddress([head, ...rest].map((one) => one.toString(16)).join(':'), strict)).toBe(false);
      }),
    );
  });
});

describe('an address that deliveries may reach', () => {
  it.each([...PUBLIC, ...PUBLIC6])('%s is public', (address) => {
    expect(isAllowedAddress(address, strict)).toBe(true);
  });

  it.each(PUBLIC)('%s is public when it is mapped into IPv6, too', (address) => {
    expect(isAllowedAddress(`::ffff:${address}`, strict)).toBe(true);
  });

  it.each(LOOPBACK)('%s only where loopback is allowed', (address) => {
    expect(isAllowedAddress(address, strict)).toBe(false);
    expect(isAllowedAddress(address, local)).toBe(true);
  });
});
