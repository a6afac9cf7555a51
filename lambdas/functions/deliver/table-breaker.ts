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
import { type Breaker, createBreaker } from './breaker';
import { BREAKER_METRICS, newsLine } from './breaker-news';

/** The breakers of all destinations of a table. What their writes answer replaces what the instance has kept. */
export function tableBreaker(table: Table, kept: Cached<Destination | undefined>, settings: BreakerSettings): Breaker {
  const ports = {
    countFailure: (destination: Destination) => countFailure(table, destination),
    forgetFailures: (destination: Destination) => forgetFailures(table, destination),
    lastSeen: async (destination: Destination) => kept.peek(destinationAddress(destination)),
    remember: (read: Destination, now: Destination | undefined) => kept.remember(destinationAddress(read), now),
    newToken: randomUUID,
    now: Date.now,
    report: (error: unknown) => logger.warn('the breaker could not take account of an attempt', { error }),
  };
  return createBreaker(
    {
      ...ports,
      openCircuit: (destination, circuit, failures) => openCircuit(table, destination, circuit, failures),
      changeCircuit: (destination, read, circuit, failures) =>
        changeCircuit(table, destination, read, circuit, failures),
      closeCircuit: (destination, read, now) => closeCircuit(table, destination, read, now),
      tell: (news, destination) => {
        logger.warn(`circuit ${news}`, newsLine(destination));
        count(BREAKER_METRICS[news]);
      },
    },
    settings,
  );
}
