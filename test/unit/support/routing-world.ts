import type { Connection } from '../../../lambdas/configuration/connection';
import type { Destination } from '../../../lambdas/configuration/destination';
import { createIsParked } from '../../../lambdas/routing/is-parked';
import type { RoutePorts } from '../../../lambdas/routing/route-event';
import type { Delivery } from '../../../lambdas/store/deliveries/delivery-items';
import type { NewDelivery } from '../../../lambdas/store/deliveries/new-delivery';
import { connectionOf, deliveryOf, destinationOf, idOf } from './records';

/** Connection `n` to destination `n`, created in the order of `n`. */
export const connectionNo = (n: number, changes: Partial<Connection> = {}): Connection =>
  connectionOf({ id: idOf('con', n), destination: idOf('dst', n), ...changes });

/** What a delivery is once it is written. */
function madeOf({ refusal, parked, ...delivery }: NewDelivery): Delivery {
  if (refusal === undefined) return deliveryOf({ ...delivery, status: parked ? 'circuit_open' : 'pending' });
  return deliveryOf({ ...delivery, status: 'schema_failed', made: 1 });
}

/** Connections, destinations and the deliveries of one event in memory. */
export class RoutingWorld implements RoutePorts {
  connections: Connection[] = [];
  missing = new Set<string>();
  unrouted = 0;
  /** Deliveries by their ordinal. */
  readonly deliveries = new Map<number, Delivery>();
  /** The write with this number fails; the crash of a run that had got so far. */
  failAt: number | undefined;
  writes = 0;
  atOnce = 0;
  mostAtOnce = 0;
  /** What schemas say about every payload. */
  problem: string | undefined;

  async listConnections(): Promise<readonly Connection[]> {
    return this.connections;
  }

  async readDestination(_environment: string, id: string): Promise<Destination | undefined> {
    return this.missing.has(id) ? undefined : destinationOf({ id, ...this.standing.get(id) });
  }

  /** What destinations are now; `readDestination` may answer with what they were. */
  now = () => 1_000;
  readonly isParked = createIsParked({
    now: () => this.now(),
    readDestinationNow: (environment, id) => this.readDestinationNow(environment, id),
  });
  readonly standing = new Map<string, Partial<Destination>>();
  readonly standingNow = new Map<string, Partial<Destination>>();

  async readDestinationNow(_environment: string, id: string): Promise<Destination | undefined> {
    return this.missing.has(id) ? undefined : destinationOf({ id, ...this.standingNow.get(id) });
  }

  async putDelivery(delivery: NewDelivery): Promise<Delivery | undefined> {
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    this.atOnce -= 1;
    this.writes += 1;
    if (this.writes === this.failAt) throw new Error('throttled');
    const taken = this.deliveries.get(delivery.ordinal);
    if (!taken) this.deliveries.set(delivery.ordinal, madeOf(delivery));
    return taken;
  }

  async deliveriesOf(): Promise<readonly Delivery[]> {
    return [...this.deliveries.values()].sort((one, other) => one.ordinal - other.ordinal);
  }

  readonly validatorFor = () => async () => this.problem;

  async markUnrouted(): Promise<void> {
    this.unrouted += 1;
  }

  /** Which connections have a delivery, in the order of its ordinals. */
  routed(): string[] {
    return [...this.deliveries].sort(([one], [other]) => one - other).map(([, { connection }]) => connection);
  }
}
