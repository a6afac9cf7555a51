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
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return { documents, name };
}

/** Names of the indexes; all hold keys only. */
export const INDEXES = { timeline: 'timeline', byDestination: 'by-destination', attention: 'attention' } as const;

/** Binary attributes, as the SDK reads them. */
export const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected bytes');
