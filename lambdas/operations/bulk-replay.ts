import type { DeliveryStatus } from '../domain/delivery';
import { parseFamilyId } from '../domain/identifiers';
import type { Principal } from '../http/authentication';
import { inPools } from '../runtime/pools';
import { type Delivery, parseDelivery } from '../store/deliveries/delivery-items';
import { deliveryKey } from '../store/table/addresses';
import { getAll } from '../store/table/batch-get';
import { isOwn } from './ownership';
import type { Ports } from './ports';
import { startRound } from './retry';

/** The statuses that bulk replay takes; it skips all others. */
const REPLAYED: readonly DeliveryStatus[] = ['failed', 'circuit_open'];

/** How many deliveries are replayed at a time. */
const POOL = 10;

/** The result of a bulk replay. */
export interface BulkReplay {
  readonly queued: number;
  /** Deliveries in another status, and repeated ones. */
  readonly skipped: number;
  /** Identifiers that are not the caller's, or do not exist. */
  readonly unknown: readonly string[];
}

/** Starts a new round for each of these deliveries that has failed or is parked. */
export async function bulkReplay(ports: Ports, caller: Principal, ids: readonly string[]): Promise<BulkReplay> {
  const distinct = [...new Set(ids)];
  const own = await readOwn(ports, caller, distinct);
  const deliveries = [...new Map([...own.values()].map((one) => [`${one.base}/${one.ordinal}`, one])).values()];
  const started = await inPools(deliveries, POOL, (delivery) => startRound(ports, delivery, 'replay', REPLAYED));
  const queued = started.filter((one) => one !== undefined).length;
  const unknown = distinct.filter((id) => !own.has(id));
  return { queued, unknown, skipped: ids.filter((id) => own.has(id)).length - queued };
}

/** The caller's deliveries by identifier, in one read. */
async function readOwn({ table }: Ports, caller: Principal, ids: readonly string[]): Promise<Map<string, Delivery>> {
  const addresses = ids.flatMap((id) => {
    const address = parseFamilyId(id, 'dlv');
    return address ? [{ id, ...address }] : [];
  });
  const keys = new Map(addresses.map((one) => [`${one.base}/${one.ordinal}`, deliveryKey(one.base, one.ordinal)]));
  const found = (await getAll(table, [...keys.values()])).map(parseDelivery).filter((one) => isOwn(caller, one));
  const byAddress = new Map(found.map((one) => [`${one.base}/${one.ordinal}`, one]));
  return new Map(
    addresses.flatMap(({ id, base, ordinal }) => {
      const one = byAddress.get(`${base}/${ordinal}`);
      return one ? [[id, one] as const] : [];
    }),
  );
}
