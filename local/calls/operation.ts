import type { CallFields, Service } from './call';

/** The parts of a request that identify the operation. */
type Request = Pick<CallFields, 'method' | 'path' | 'headers' | 'body'>;

const SERVICES: Readonly<Record<string, Service>> = {
  DynamoDB_20120810: 'dynamodb',
  DynamoDBStreams_20120810: 'dynamodb-streams',
  AmazonSQS: 'sqs',
};

/** EventBridge Scheduler's REST operations, by method and what follows `/schedules` in the path. */
const SCHEDULES: Readonly<Record<string, string>> = {
  'POST name': 'CreateSchedule',
  'GET name': 'GetSchedule',
  'PUT name': 'UpdateSchedule',
  'DELETE name': 'DeleteSchedule',
  'GET all': 'ListSchedules',
};

/**
 * The service and the operation that a request is for.
 *
 * @param endpoint the service that the endpoint belongs to; DynamoDB and its streams share one
 */
export function operationOf(endpoint: Service, request: Request): Pick<CallFields, 'service' | 'operation'> {
  const [prefix = '', operation] = String(request.headers['x-amz-target'] ?? '').split('.');
  const service = SERVICES[prefix];
  if (service !== undefined && operation !== undefined) return { service, operation };
  const named = endpoint === 'scheduler' ? scheduleOperation(request) : queryAction(request);
  return { service: endpoint, operation: named ?? `${request.method} ${request.path}` };
}

function scheduleOperation({ method, path }: Request): string | undefined {
  const { pathname } = new URL(path, 'http://scheduler');
  const [, collection, name] = pathname.split('/');
  return collection === 'schedules' ? SCHEDULES[`${method} ${name ? 'name' : 'all'}`] : undefined;
}

/** Older SDKs talk to SQS with forms. */
function queryAction({ headers, body }: Request): string | undefined {
  const isForm = String(headers['content-type']).startsWith('application/x-www-form-urlencoded');
  return isForm ? (new URLSearchParams(body.toString()).get('Action') ?? undefined) : undefined;
}
