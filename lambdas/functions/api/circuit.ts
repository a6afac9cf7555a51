import { type Waiting, writeCircuit } from '../../configuration/circuit';
import type { Destination } from '../../configuration/destination';
import { type Principal, requireEnvironment } from '../../http/authentication';
import { notFound } from '../../http/errors';
import type { ApiRequest, ApiResponse } from '../../http/messages';
import { findInEnvironments } from '../../http/tenant';
import type { Ports } from '../../operations/ports';
import { setDestinationStatus } from '../../store/configuration/destination-status';
import { getDestination } from '../../store/configuration/destinations';
import { parseDelivery } from '../../store/deliveries/delivery-items';
import { COUNT_LIMIT } from '../../store/lists/pages';
import { attentionPartitions, parkedPartition } from '../../store/lists/partitions';
import { countEntries, mergedEntries } from '../../store/lists/timeline';
import { getAll } from '../../store/table/batch-get';
import type { Table } from '../../store/table/table';

/** `GET /v1/destinations/{id}/circuit` */
export async function showCircuit(
  { table, shards }: Ports,
  { params }: ApiRequest,
  caller: Principal,
): Promise<ApiResponse> {
  const id = params.id ?? '';
  const destination = await findInEnvironments(table, caller, (environment) => getDestination(table, environment, id));
  if (!destination) throw notFound('Destination', id);
  return { status: 200, body: { circuit: writeCircuit(destination, await waiting(table, destination, shards)) } };
}

/** `POST /v1/destinations/{id}/circuit/reset`: deliveries are sent again, and parked ones follow. Safe to repeat. */
export async function resetCircuit(
  { table, shards, now }: Ports,
  { params }: ApiRequest,
  caller: Principal,
): Promise<ApiResponse> {
  const { environment } = requireEnvironment(caller);
  const id = params.id ?? '';
  const before = await getDestination(table, environment, id);
  // A circuit that is closed and has failed nothing stays as it is.
  if (before && (before.status === 'paused' || before.circuit || before.failures)) {
    await setDestinationStatus(table, environment, id, 'active', new Date(now()).toISOString());
  }
  const destination = before && (await getDestination(table, environment, id));
  if (!destination) throw notFound('Destination', id);
  return { status: 200, body: { circuit: writeCircuit(destination, await waiting(table, destination, shards)) } };
}

/** How many retrying deliveries of the environment are looked at, at most. */
const LOOK_AT = 1_000;

async function waiting(table: Table, destination: Destination, shards: number): Promise<Waiting> {
  const [parked, retrying] = await Promise.all([
    countEntries(table, [parkedPartition(destination.id)], {}, COUNT_LIMIT),
    retryingOf(table, destination, shards),
  ]);
  return { parked, retrying };
}

/** How many of the environment's newest retrying deliveries belong to a destination. */
async function retryingOf(table: Table, { id, environment }: Destination, shards: number): Promise<number> {
  const partitions = attentionPartitions([environment], ['retrying'], shards);
  const entries = [];
  for await (const entry of mergedEntries(table, partitions, {})) {
    entries.push(entry);
    if (entries.length >= LOOK_AT) break;
  }
  const deliveries = (await getAll(table, entries)).map(parseDelivery);
  return deliveries.filter(({ destination, status }) => destination === id && status === 'retrying').length;
}
