import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Destination, parseDestination } from '../../configuration/destination';
import type { Circuit } from '../../domain/breaker';
import { destinationKey } from '../table/addresses';
import { RETURN_OLD, writeIf } from '../table/conditions';
import { type Change, type UpdateParts, updateOf, withCondition } from '../table/expressions';
import type { Table } from '../table/table';

/** The result of a write to a breaker, with the destination as it is now; undefined if it was deleted. */
export type CircuitAnswer =
  | { readonly kind: 'done'; readonly destination: Destination }
  | { readonly kind: 'refused'; readonly destination: Destination | undefined };

type Address = Pick<Destination, 'environment' | 'id'>;

/**
 * The condition that a circuit has not changed since it was read. Only an active destination has one, so pausing wins
 * every race.
 */
function unchanged(read: Circuit | undefined) {
  if (!read) return { condition: 'attribute_not_exists(circuit) AND #status = :active', values: {} };
  return { condition: 'circuit.#token = :token AND #status = :active', values: { ':token': read.token } };
}

/** Counts a failed attempt, while the circuit is closed. */
export async function countFailure(table: Table, address: Address): Promise<CircuitAnswer> {
  const parts: UpdateParts = {
    UpdateExpression: 'ADD #failures :one',
    ExpressionAttributeNames: { '#failures': 'failures' },
    ExpressionAttributeValues: { ':one': 1 },
  };
  return write(table, address, parts, undefined);
}

/** Resets the count of failures, while the circuit is closed. */
export async function forgetFailures(table: Table, address: Address): Promise<CircuitAnswer> {
  return write(table, address, updateOf({ set: {}, remove: ['failures'] }), undefined);
}

/** Opens a closed circuit, unless the count was reset since it reached `failures`. */
export async function openCircuit(
  table: Table,
  address: Address,
  circuit: Circuit,
  failures: number,
): Promise<CircuitAnswer> {
  const parts = updateOf({ set: { circuit } });
  const names = { ...parts.ExpressionAttributeNames, '#failures': 'failures' };
  const values = { ...parts.ExpressionAttributeValues, ':failures': failures };
  const counted = { ...parts, ExpressionAttributeNames: names, ExpressionAttributeValues: values };
  const answer = await write(table, address, counted, undefined, ' AND #failures >= :failures');
  return own(answer, circuit);
}

/**
 * Replaces the circuit that was read, if it has not changed.
 *
 * @param failures in a row, the last one included
 */
export async function changeCircuit(
  table: Table,
  address: Address,
  read: Circuit,
  circuit: Circuit,
  failures: number,
): Promise<CircuitAnswer> {
  return own(await write(table, address, updateOf({ set: { circuit, failures } }), read), circuit);
}

/** The SDK repeats a write whose answer was lost: then this circuit is already there. */
function own(answer: CircuitAnswer, { token }: Circuit): CircuitAnswer {
  const { destination } = answer;
  return destination?.circuit?.token === token ? { kind: 'done', destination } : answer;
}

/** Closes a circuit if it has not changed since it was read; the sweep resumes what is parked. */
export async function closeCircuit(table: Table, address: Address, read: Circuit, now: number): Promise<CircuitAnswer> {
  const change: Change = { set: { drainingSince: now }, remove: ['failures', 'circuit'] };
  return write(table, address, updateOf(change), read);
}

async function write(
  table: Table,
  { environment, id }: Address,
  parts: UpdateParts,
  read: Circuit | undefined,
  further = '',
): Promise<CircuitAnswer> {
  const { condition, values } = unchanged(read);
  const names = { '#status': 'status', ...(read && { '#token': 'token' }) };
  const command = new UpdateCommand({
    TableName: table.name,
    Key: destinationKey(environment, id),
    ...withCondition(parts, condition + further, { names, values: { ...values, ':active': 'active' } }),
    ReturnValues: 'ALL_NEW',
    ...RETURN_OLD,
  });
  const { kind, item } = await writeIf(table, command);
  return kind === 'done'
    ? { kind, destination: parseDestination(item) }
    : { kind, destination: item && parseDestination(item) };
}
