import { type Answer, type Call, jsonAnswer } from '../../local/calls/call';
import type { Random } from '../../local/faults/random';

/** An error of AWS's own: nothing has happened, and the caller may try again. */
export interface AwsError {
  readonly name: string;
  readonly answer: Answer;
}

/** Writes of one item: a transaction that holds the item at the moment cancels them. */
const SINGLE_WRITES: readonly string[] = ['PutItem', 'UpdateItem', 'DeleteItem'];

/** An error that the service of this call may answer with. */
export function errorFor(call: Call, random: Random): AwsError {
  switch (call.service) {
    case 'sqs':
      return random.pick([
        coded('com.amazonaws.sqs#RequestThrottled', 400),
        coded('com.amazonaws.sqs#ServiceUnavailable', 503),
      ]);
    case 'scheduler':
      return random.pick([headed('ThrottlingException', 429), headed('InternalServerException', 500)]);
    default:
      return dynamoError(call, random);
  }
}

const dynamo = (name: string, status: number): AwsError => coded(`com.amazonaws.dynamodb.v20120810#${name}`, status);

function dynamoError(call: Call, random: Random): AwsError {
  const errors: [AwsError, ...AwsError[]] = [
    dynamo('ProvisionedThroughputExceededException', 400),
    dynamo('ThrottlingException', 400),
    dynamo('InternalServerError', 500),
  ];
  if (SINGLE_WRITES.includes(call.operation)) errors.push(dynamo('TransactionConflictException', 400));
  if (call.operation === 'TransactWriteItems')
    errors.push(conflict(call), dynamo('TransactionInProgressException', 400));
  return random.pick(errors);
}

/** A transaction that met another one at its first item. */
function conflict({ parameters }: Call): AwsError {
  const items = Array.isArray(parameters.TransactItems) ? parameters.TransactItems : [];
  const CancellationReasons = items.map((_, index) =>
    index === 0 ? { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' } : { Code: 'None' },
  );
  const name = 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException';
  const body = { __type: name, Message: 'Transaction cancelled by a fault of the soak', CancellationReasons };
  return { name: 'TransactionCanceledException (TransactionConflict)', answer: jsonAnswer(400, body) };
}

function coded(type: string, status: number): AwsError {
  const name = type.slice(type.indexOf('#') + 1);
  return { name, answer: jsonAnswer(status, { __type: type, message: 'A fault of the soak' }) };
}

function headed(name: string, status: number): AwsError {
  return { name, answer: jsonAnswer(status, { Message: 'A fault of the soak' }, { 'x-amzn-errortype': name }) };
}
