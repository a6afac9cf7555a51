import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { retryConflicts } from './conflicts';

/** The table, as passed to everything in this folder. */
export interface Table {
  readonly documents: DynamoDBDocumentClient;
  readonly name: string;
}

/**
 * Opens the table with the SDK's own configuration (region, credentials, endpoint); conflicting writes are repeated.
 */
export function openTable(name: string, client = new DynamoDBClient({})): Table {
  retryConflicts(client);
  marshalAnyName(client);
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return { documents, name };
}

/**
 * Has a client marshal maps whatever their names are. The SDK tells plain objects by their `constructor`, which may be a
 * header that a caller sent; a `Map` it knows in any case. Only `__proto__` stays out of reach: it must not get this far.
 */
function marshalAnyName(client: DynamoDBClient): void {
  client.middlewareStack.add((next) => (request) => next({ ...request, input: marshallable(request.input) }), {
    step: 'initialize',
    name: 'marshalAnyName',
    override: true,
  });
}

function marshallable<Value>(value: Value): Value;
function marshallable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(marshallable);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).map(([name, member]) => [name, marshallable(member)] as const);
  return Object.hasOwn(value, 'constructor') ? new Map(entries) : Object.fromEntries(entries);
}

/** Names of the indexes; all hold keys only. */
export const INDEXES = { timeline: 'timeline', byDestination: 'by-destination', attention: 'attention' } as const;

/** Binary attributes, as the SDK reads them. */
export const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected bytes');
