import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { REGION } from '../template/template';

/** Credentials of the local stack itself; the functions have their own. */
export const STACK_CREDENTIALS = { accessKeyId: 'localPosthorn', secretAccessKey: 'local' };

export const dynamoDbClient = (endpoint: string, accessKeyId = STACK_CREDENTIALS.accessKeyId): DynamoDBClient =>
  new DynamoDBClient({ endpoint, region: REGION, credentials: { ...STACK_CREDENTIALS, accessKeyId } });
