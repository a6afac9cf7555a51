import type { Principal } from '../http/authentication';
import { findInEnvironments, readableEnvironments } from '../http/tenant';
import { connectionOrRemoved } from '../store/configuration/removal';
import type { Table } from '../store/table/table';
import { ownsDestination } from './ownership';

/** What the identifiers in a list's filters narrow it to. */
export interface Scope {
  readonly environments: readonly string[];
  readonly destination?: string | undefined;
  readonly connection?: string | undefined;
}

/** Identifiers as a caller gives them. */
export interface ScopeRequest {
  readonly destinationId?: string | undefined;
  readonly connectionId?: string | undefined;
}

/**
 * Checks that the identifiers in a list's filters belong to the caller. A connection is resolved to its destination,
 * which has an index.
 *
 * @returns undefined if nothing can match: other tenants' identifiers find nothing, like those that do not exist
 */
export async function scopeOf(table: Table, caller: Principal, request: ScopeRequest): Promise<Scope | undefined> {
  const { destinationId, connectionId } = request;
  const environments = await readableEnvironments(table, caller);
  if (connectionId !== undefined) {
    const find = (environment: string) => connectionOrRemoved(table, environment, connectionId);
    const destination = (await findInEnvironments(table, caller, find))?.destination;
    const agree = destination !== undefined && (destinationId ?? destination) === destination;
    return agree ? { environments, destination, connection: connectionId } : undefined;
  }
  if (destinationId === undefined) return { environments };
  return (await ownsDestination(table, caller, destinationId))
    ? { environments, destination: destinationId }
    : undefined;
}
