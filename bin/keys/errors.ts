import { DynamoDBServiceException, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';

/** Why a command cannot be run, in one sentence that tells a person what to do. */
export class KeysError extends Error {
  override readonly name = 'KeysError';
}

/** Where a command was looking when it failed. */
export interface Place {
  /** The table, as far as it is known. */
  readonly table?: string | undefined;
  /** Address of DynamoDB; absent for the one of the region. */
  readonly endpoint?: string | undefined;
  /** Whether it is the local stack's. */
  readonly local?: boolean;
}

export const NO_LOCAL_STACK = 'No local stack is running: start one with npm start.';

/**
 * One sentence for whatever ended a command.
 *
 * @returns undefined for a bug, which is to be shown with its stack trace
 */
export function explain(error: unknown, { table, endpoint, local = false }: Place): string | undefined {
  if (error instanceof KeysError) return error.message;
  if (!(error instanceof Error)) return undefined;
  if (error instanceof ResourceNotFoundException)
    return `There is no table ${table} at ${endpoint ?? 'DynamoDB in this region and account'}.`;
  if (error.name === 'CredentialsProviderError')
    return `No AWS credentials were found: ${firstSentence(error.message)}.`;
  if (error.message.startsWith('Region is missing'))
    return 'No AWS region is set: set AWS_REGION, or a region in your AWS profile.';
  if (error instanceof DynamoDBServiceException)
    return `DynamoDB refused the call: ${error.name}: ${firstSentence(error.message)}.`;
  if (!isUnreachable(error)) return undefined;
  // A stack that was killed leaves its file behind.
  return local ? NO_LOCAL_STACK : `DynamoDB cannot be reached${endpoint === undefined ? '' : ` at ${endpoint}`}.`;
}

const firstSentence = (text: string): string => text.replace(/\s+/g, ' ').replace(/\.( .*)?$/, '');

const UNREACHABLE = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
];

function isUnreachable(error: Error): boolean {
  return error.name === 'TimeoutError' || ('code' in error && UNREACHABLE.includes(String(error.code)));
}
