import { lookup as systemLookup } from 'node:dns';
import { type ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { type AgentOptions, Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type AddressRules, isAllowedAddress } from '../../../../domain/address';

/** What a connection depends on outside this code. */
export interface Network {
  /** Resolves names; defaults to the system's resolver. */
  readonly lookup?: typeof systemLookup | undefined;
  /** Trusted certificates (PEM), instead of the well-known authorities. */
  readonly authorities?: string | undefined;
}

/** A destination's address is one that deliveries may not reach. */
export class AddressBlockedError extends Error {
  override readonly name = 'AddressBlockedError';
  readonly code = 'ADDRESS_BLOCKED';

  constructor() {
    super('The destination resolves to an address that is not public.');
  }
}

/** A lookup that returns allowed addresses only, so that what is checked is what is connected to. */
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

type Connected = (error: Error | null, connection: Duplex) => void;

/** Opens and pools the connections of a protocol. */
export type GuardedAgent = HttpAgent | HttpsAgent;

/** A connection took too long; looks like the system's own error. */
class ConnectTimeoutError extends Error {
  override readonly name = 'ConnectTimeoutError';
  readonly code = 'ETIMEDOUT';
}

/** Which addresses are allowed, and how long to wait for connections and keep them, in milliseconds. */
export interface GuardOptions extends Network {
  readonly rules: AddressRules;
  readonly connectTimeoutMs: number;
  readonly keepAliveMs: number;
}

/**
 * An agent that connects to allowed addresses only. Names go through the guarded lookup; an address in the URL is never
 * looked up, so it is checked here; and the connected address is checked once more before a byte is sent.
 */
export function guardedAgent(protocol: string, options: GuardOptions): GuardedAgent {
  const secure = protocol === 'https:';
  const agent: GuardedAgent = new (secure ? HttpsAgent : HttpAgent)(agentOptions(options));
  const open = agent.createConnection.bind(agent);
  agent.createConnection = (to: ClientRequestArgs, callback?: Connected) => {
    connect(options, to, secure ? 'secureConnect' : 'connect', () => open(to), callback);
    return undefined;
  };
  return agent;
}

function agentOptions({ rules, keepAliveMs, lookup, authorities }: GuardOptions): AgentOptions {
  return {
    keepAlive: true,
    timeout: keepAliveMs,
    lookup: guardedLookup(rules, lookup),
    ...(authorities !== undefined && { ca: authorities }),
  };
}

/** Opens a connection and hands it over at the event `ready`, once its address was checked. */
function connect(
  { rules, connectTimeoutMs }: GuardOptions,
  { host }: ClientRequestArgs,
  ready: 'connect' | 'secureConnect',
  open: () => Duplex | null | undefined,
  callback: Connected = () => undefined,
): void {
  // The type requires a connection along with an error; nobody reads it.
  const fail = (error: Error) => callback(error, undefined as never);
  if (host && isIP(host) !== 0 && !isAllowedAddress(host, rules)) {
    fail(new AddressBlockedError());
    return;
  }
  const socket = open() as Socket;
  const timer = setTimeout(() => socket.destroy(new ConnectTimeoutError()), connectTimeoutMs);
  const failed = (error: Error) => {
    clearTimeout(timer);
    fail(error);
  };
  socket.once('error', failed);
  socket.once(ready, () => {
    clearTimeout(timer);
    socket.off('error', failed);
    if (isAllowedAddress(socket.remoteAddress ?? '', rules)) {
      callback(null, socket);
      return;
    }
    socket.destroy();
    fail(new AddressBlockedError());
  });
}
