import { randomUUID } from 'node:crypto';
import type { Destination } from '../../configuration/destination';
import type { BreakerSettings } from '../../domain/breaker';
import type { Cached } from '../../runtime/cache';
import { logger } from '../../runtime/log';
import { count } from '../../runtime/metrics';
import {
  changeCircuit,
  closeCircuit,
  countFailure,
  forgetFailures,
  openCircuit,
} from '../../store/configuration/circuits';
import { destinationAddress } from '../../store/configuration/destination-address';
import type { Table } from '../../store/table/table';
import { type Breaker, type BreakerPorts, createBreaker } from './breaker';
import { BREAKER_METRICS } from './metrics';

/** The breakers of all destinations in a table. What their writes return replaces the instance's cached copies. */
export function tableBreaker(table: Table, kept: Cached<Destination | undefined>, settings: BreakerSettings): Breaker {
  const ports: BreakerPorts = {
    countFailure: (destination) => countFailure(table, destination),
    forgetFailures: (destination) => forgetFailures(table, destination),
    openCircuit: (destination, circuit, failures) => openCircuit(table, destination, circuit, failures),
    changeCircuit: (destination, read, circuit, failures) => changeCircuit(table, destination, read, circuit, failures),
    closeCircuit: (destination, read, now) => closeCircuit(table, destination, read, now),
    lastSeen: async (destination) => kept.peek(destinationAddress(destination)),
    remember: (read, now) => kept.remember(destinationAddress(read), now),
    newToken: randomUUID,
    now: Date.now,
    tell: (news, destination) => {
      logger.warn(`circuit ${news}`, newsLine(destination));
      count(BREAKER_METRICS[news]);
    },
    report: (error) => logger.warn('the breaker could not be updated after an attempt', { error }),
  };
  return createBreaker(ports, settings);
}

/** What is logged about a change of a breaker. */
function newsLine({ environment, id, failures = 0, circuit }: Destination) {
  const { state = 'closed', trips = 0 } = circuit ?? {};
  const next = circuit?.state === 'open' ? { nextProbeAt: new Date(circuit.probeAt).toISOString() } : {};
  return { environment, destination: id, circuit: state, failures, trips, ...next };
}
