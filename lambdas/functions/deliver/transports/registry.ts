import type { Destination } from '../../../configuration/destination';
import type { AddressRules } from '../../../domain/address';
import { httpTransport } from './http/http-transport';
import { createSend } from './http/send';
import type { Transport } from './transport';

type DestinationType = 'http';

/** Destinations do not store their type while there is only one. */
const typeOf = (_: Destination): DestinationType => 'http';

/** Finds the transport for a destination. */
export type TransportOf = (destination: Destination) => Transport;

/**
 * Opens the transports of a function instance, one for each type of destination. Another one is a folder beside `http`
 * and a line here.
 */
export function openTransports(rules: AddressRules): TransportOf {
  const transports = {
    http: httpTransport(createSend(rules)),
  } satisfies Record<DestinationType, Transport>;
  return (destination) => transports[typeOf(destination)];
}
