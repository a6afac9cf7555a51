import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';
import { mappingCredentials } from '../calls/caller';
import { tableKeys } from '../dynamodb/tables';
import { LocalStackError } from '../errors';
import type { Faults } from '../faults/faults';
import type { FunctionHost } from '../lambda/function-host';
import type { Functions } from '../lambda/functions';
import { mappingNeeds } from '../permissions/mapping-needs';
import type { Permissions } from '../permissions/permissions';
import { sendMessage } from '../sqs/send';
import type { SqsServer } from '../sqs/server';
import type { Deployment, Resource } from '../template/deployment';
import { REGION } from '../template/template';
import { Checkpoints } from './checkpoints';
import { type MappingProperties, mappingProperties } from './mapping-properties';
import type { BatchLimit, Poller } from './poller';
import { QueuePoller } from './queue-poller';
import { sequenceOf } from './stream-batches';
import { StreamPoller } from './stream-poller';
import { StreamReader } from './stream-reader';

export interface MappingPorts {
  readonly functions: Functions;
  readonly permissions: Permissions;
  readonly sqs: SqsServer;
  readonly dynamoDbEndpoint: string;
  /** File with the positions in the streams; in memory if omitted. */
  readonly checkpointFile: string | undefined;
  /** Into how many shards a stream is split. */
  readonly streamShards: number;
  readonly faults: Faults;
  /** No limit but the mapping's own when left out. */
  readonly batchLimit: BatchLimit | undefined;
  readonly log: (line: string) => void;
}

/** The running event source mappings. */
export interface Mappings {
  /** Those that start one function. */
  of(functionName: string): readonly Poller[];
  stop(): Promise<void>;
}

/**
 * Starts the template's event source mappings.
 *
 * @throws LocalStackError when a source is not emulated, or the function's role may not read it
 */
export async function deployMappings(deployment: Deployment, ports: MappingPorts): Promise<Mappings> {
  const resources = deployment.resources('AWS::Lambda::EventSourceMapping', mappingProperties);
  const checkpoints = new Checkpoints(ports.checkpointFile, ports.streamShards);
  const streams: DynamoDBStreamsClient[] = [];
  // A mapping reads with the role of its function.
  const streamsFor = (host: FunctionHost) => {
    const credentials = mappingCredentials(host.config.logicalId);
    const client = new DynamoDBStreamsClient({ endpoint: ports.dynamoDbEndpoint, region: REGION, credentials });
    streams.push(client);
    return client;
  };
  const hashKeys = new Map([...tableKeys(deployment).values()].map(({ streamArn, hash }) => [streamArn, hash]));
  for (const resource of resources) await assertPermitted(resource, ports);
  const pollers = resources.map((resource) => pollerOf(resource, ports, { streamsFor, checkpoints, hashKeys }));
  return {
    of: (functionName) => pollers.filter((poller) => poller.functionName === functionName),
    stop: async () => {
      await Promise.all(pollers.map((poller) => poller.stop()));
      for (const client of streams) client.destroy();
    },
  };
}

interface Streams {
  streamsFor(host: FunctionHost): DynamoDBStreamsClient;
  readonly checkpoints: Checkpoints;
  /** The name of the partition key of each stream's table, by the stream's ARN. */
  readonly hashKeys: ReadonlyMap<string, string>;
}

function pollerOf(
  { logicalId, properties }: Resource<MappingProperties>,
  ports: MappingPorts,
  { streamsFor, checkpoints, hashKeys }: Streams,
): Poller {
  const host = ports.functions.get(properties.FunctionName);
  const { faults, batchLimit, log } = ports;
  const common = { host, properties, faults, batchLimit, log };
  const { EventSourceArn: arn } = properties;
  if (arn.startsWith('arn:aws:dynamodb:') || arn.includes('/stream/')) {
    const reader = new StreamReader(streamsFor(host), arn);
    const onFailure = failureDestination(properties, ports);
    const hashKey = hashKeys.get(arn) ?? '';
    return new StreamPoller({ ...common, mappingId: logicalId, reader, hashKey, checkpoints, onFailure });
  }
  const queue = ports.sqs.store.getQueueByArn(arn);
  if (queue !== undefined) return new QueuePoller({ ...common, store: ports.sqs.store, queue });
  throw new LocalStackError(`The local stack cannot run ${logicalId}: it has no event source ${arn}.`);
}

/** As on AWS, where a mapping cannot be created if its function may not read the source. */
async function assertPermitted(
  { logicalId, properties }: Resource<MappingProperties>,
  { functions, permissions }: MappingPorts,
): Promise<void> {
  const { EventSourceArn, FunctionName, DestinationConfig } = properties;
  const principal = permissions.principalOf(functions.get(FunctionName).config.logicalId);
  const needs = mappingNeeds(EventSourceArn, DestinationConfig?.OnFailure?.Destination, permissions.landscape);
  const refused = await permissions.refusal(principal, needs);
  if (refused !== undefined) throw new LocalStackError(`The local stack cannot run ${logicalId}: ${refused.message}.`);
}

/** Reports records that were given up to the mapping's failure queue; without one they are only logged. */
function failureDestination(properties: MappingProperties, { sqs, log }: MappingPorts) {
  const arn = properties.DestinationConfig?.OnFailure?.Destination;
  const queue = arn === undefined ? undefined : sqs.store.getQueueByArn(arn);
  if (arn !== undefined && queue === undefined)
    throw new LocalStackError(`The local stack takes queues of its own as failure destinations, not ${arn}.`);
  return async (batch: readonly DynamoDBRecord[], condition: string): Promise<void> => {
    log(`${batch.length} stream records were given up (${condition}).`);
    const [first] = batch;
    const last = batch.at(-1);
    if (queue === undefined || first === undefined || last === undefined) return;
    const MessageBody = JSON.stringify({
      requestContext: { functionArn: properties.FunctionName, condition },
      version: '1.0',
      timestamp: new Date().toISOString(),
      DDBStreamBatchInfo: {
        startSequenceNumber: sequenceOf(first),
        endSequenceNumber: sequenceOf(last),
        batchSize: batch.length,
        streamArn: properties.EventSourceArn,
      },
    });
    sendMessage(sqs.store, { QueueUrl: queue.url, MessageBody });
  };
}
