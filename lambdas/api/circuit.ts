import { writeCircuit } from '../dialects/management/circuit';
import type { DeliveryStatus } from '../domain/delivery';
import { type Principal, requireEnvironment } from '../http/authentication';
import { notFound } from '../http/errors';
import type { ApiRequest, ApiResponse } from '../http/messages';
import { findInEnvironments } from '../http/tenant';
import type { OperationDependencies } from '../operations/dependencies';
import { attentionPk } from '../store/addresses';
import { getAll } from '../store/batch-get';
import { type Destination, getDestination } from '../store/configuration';
import { parseDelivery } from '../store/delivery-items';
import { setDestinationStatus } from '../store/destination-status';
import { INDEXES, type Table } from '../store/table';
import { type IndexPartition, mergedEntries } from '../store/timeline';

/** `GET /v1/destinations/{id}/circuit` */
export async function showCircuit(
  { table, shards }: OperationDependencies,
  { params }: ApiRequest,
  caller: Principal,
): Promise<ApiResponse> {
  const id = params.id ?? '';
  const destination = await findInEnvironments(table, caller, (environment) => getDestination(table, environment, id));
  if (!destination) throw notFound('Destination', id);
  return { status: 200, body: { circuit: writeCircuit(destination, await waiting(table, destination, shards)) } };
}

/** `POST /v1/destinations/{id}/circuit/reset`: deliveries are made again; what is parked follows. Safe to repeat. */
export async function resetCircuit(
  { table, shards, now }: OperationDependencies,
  { params }: ApiRequest,
  caller: Principal,
): Promise<ApiResponse> {
  const { environment } = requireEnvironment(caller);
  const id = params.id ?? '';
  const before = await getDestination(table, environment, id);
  if (before?.status === 'paused') {
    await setDestinationStatus(table, environment, id, 'active', new Date(now()).toISOString());
  }
  const destination = before && (await getDestination(table, environment, id));
  if (!destination) throw notFound('Destination', id);
  return { status: 200, body: { circuit: writeCircuit(destination, await waiting(table, destination, shards)) } };
}

/** States in which a delivery waits for its destination. */
const WAITING: readonly DeliveryStatus[] = ['retrying', 'circuit_open'];

/** So many waiting deliveries of the environment are looked at, however many there are. */
const LOOK_AT = 1_000;

/** How many deliveries of a destination wait, among the newest that wait in its environment. */
async function waiting(table: Table, { id, environment }: Destination, shards: number): Promise<number> {
  const partitions = WAITING.flatMap((status) =>
    Array.from({ length: shards }, (_, shard): IndexPartition => {
      return { index: INDEXES.attention, pk: attentionPk(environment, status, shard) };
    }),
  );
  const entries = [];
  for await (const entry of mergedEntries(table, partitions, {})) {
    entries.push(entry);
    if (entries.length >= LOOK_AT) break;
  }
  const deliveries = (await getAll(table, entries)).map(parseDelivery);
  return deliveries.filter(({ destination, status }) => destination === id && WAITING.includes(status)).length;
}
