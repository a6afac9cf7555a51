import { lookup as systemLookup } from 'node:dns';
import { type ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { type AgentOptions, Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type AddressRules, isAllowedAddress } from '../../../../domain/address';

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

type Connected = (error: Error | null, connection: Duplex) => void;

/** Opens and keeps the connections of a protocol. */
export type GuardedAgent = HttpAgent | HttpsAgent;

/** Says that a connection took too long, as the system does when it gives up itself. */
class ConnectTimeoutError extends Error {
  override readonly name = 'ConnectTimeoutError';
  readonly code = 'ETIMEDOUT';
}

/** How connections are guarded and how long they are waited for and kept, in milliseconds. */
export interface GuardOptions extends Network {
  readonly rules: AddressRules;
  readonly connectTimeoutMs: number;
  readonly keepAliveMs: number;
}

/**
 * An agent that connects to allowed addresses only. Names go through the guarded lookup; an address written in the URL is
 * never looked up, so it is judged here; and whatever was connected to is judged once more before a byte is sent.
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

/** Opens a connection, which is ready at the event `ready`, and hands it over when its address was judged. */
function connect(
  { rules, connectTimeoutMs }: GuardOptions,
  { host }: ClientRequestArgs,
  ready: 'connect' | 'secureConnect',
  open: () => Duplex | null | undefined,
  callback: Connected = () => undefined,
): void {
  // The type wants a connection beside an error; nobody reads it.
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
