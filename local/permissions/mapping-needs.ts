import type { Landscape } from './landscape';
import type { Need } from './need';
import { queueNeeds } from './sqs-needs';

/**
 * What a function's role has to allow before Lambda creates an event source mapping. Lambda requires all of it,
 * whatever it will call.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
 */
export function mappingNeeds(sourceArn: string, failureQueueArn: string | undefined, landscape: Landscape): Need[] {
  const source = sourceArn.startsWith('arn:aws:sqs:') ? queueSource(sourceArn, landscape) : streamSource(sourceArn);
  const failures = failureQueueArn === undefined ? [] : queueNeeds('SendMessage', failureQueueArn, landscape);
  return [...source, ...failures];
}

const queueSource = (arn: string, landscape: Landscape): Need[] =>
  ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].flatMap((operation) =>
    queueNeeds(operation, arn, landscape),
  );

const streamSource = (arn: string): Need[] =>
  ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((operation) => ({
    action: `dynamodb:${operation}`,
    resource: arn,
  }));
