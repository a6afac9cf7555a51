import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { type AddressRules, isAllowedAddress } from '../domain/address';

/** What of the world a connection depends on. */
export interface Network {
  /** Resolves names; the system's resolver unless another is given. */
  readonly lookup?: typeof systemLookup | undefined;
  /** Certificates (PEM) that vouch for receivers, in place of the well-known authorities. */
  readonly authorities?: string | undefined;
}

/** A destination's address is none that deliveries may reach. */
export class AddressBlockedError extends Error {
  override readonly name = 'AddressBlockedError';
  readonly code = 'ADDRESS_BLOCKED';

  constructor() {
    super('The destination resolves to an address that is not public.');
  }
}

/** A lookup that answers with allowed addresses only, so that what is judged is what is connected to. */
export function guardedLookup(rules: AddressRules, lookup = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const allowed = addresses.filter(({ address }) => isAllowedAddress(address, rules));
      const [first] = allowed;
      if (!first) return callback(new AddressBlockedError(), []);
      if (options.all) return callback(null, allowed);
      return callback(null, first.address, first.family);
    });
  };
}

/**
 * A connector that reaches allowed addresses only. Names go through the guarded lookup; an address written in the URL is
 * never looked up, so it is judged here; and whatever was connected to is judged once more before a byte is sent.
 */
export function guardedConnector(
  rules: AddressRules,
  connectTimeoutMs: number,
  { lookup, authorities }: Network = {},
): buildConnector.connector {
  const connect = buildConnector({
    timeout: connectTimeoutMs,
    lookup: guardedLookup(rules, lookup),
    ...(authorities !== undefined && { ca: authorities }),
  });
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !isAllowedAddress(host, rules)) return callback(new AddressBlockedError(), null);
    connect(options, (error, socket) => {
      if (error) return callback(error, null);
      if (isAllowedAddress(socket.remoteAddress ?? '', rules)) return callback(null, socket);
      socket.destroy();
      return callback(new AddressBlockedError(), null);
    });
  };
}
