import ipaddr from 'ipaddr.js';

/** Which special addresses deliveries may reach after all. */
export interface AddressRules {
  /** Loopback, for a stack that runs on one machine. */
  readonly allowLoopback: boolean;
}

/** The part of IPv6 that is given out for use on the internet (RFC 4291 §2.4): all other prefixes are special or unknown. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether a request may be sent to an IP address: it has to be public. Private, loopback, link-local (and with it the
 * metadata service), multicast, documentation and otherwise special ranges are not, nor is any IPv6 form that carries an
 * IPv4 address inside (mapped, NAT64, 6to4, Teredo), except that a mapped one is judged by the address it stands for.
 */
export function isAllowedAddress(text: string, rules: AddressRules): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  const range = address.range();
  if (range === 'loopback') return rules.allowLoopback;
  return range === 'unicast' && (address.kind() === 'ipv4' || address.match(GLOBAL_UNICAST));
}
