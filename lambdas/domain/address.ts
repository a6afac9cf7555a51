import ipaddr from 'ipaddr.js';

/** Which special addresses deliveries may reach nevertheless. */
export interface AddressRules {
  /** Loopback, for a stack that runs on one machine. */
  readonly allowLoopback: boolean;
}

/**
 * Whether a request may be sent to an IP address: it has to be public. Private, loopback, link-local (and with it the
 * metadata service), multicast, documentation and otherwise special ranges are not, nor is any IPv6 form that carries an
 * IPv4 address inside (mapped, NAT64, 6to4, Teredo), except that a mapped one is judged by the address it stands for.
 */
export function isAllowedAddress(text: string, rules: AddressRules): boolean {
  if (!ipaddr.isValid(text)) return false;
  const range = ipaddr.process(text).range();
  return range === 'unicast' || (range === 'loopback' && rules.allowLoopback);
}
