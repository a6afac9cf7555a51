import { Readable } from 'node:stream';
import {
  SendMessageBatchCommand,
  type SendMessageBatchCommandInput,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { enqueue, enqueueAll, enqueueSoon, openDeliveryQueue } from '../../../lambdas/queue/enqueue';
import { decodeMessage } from '../../../lambdas/queue/message';
import { BASE, ENVIRONMENT, idOf, NOW } from '../support/records';

const sqs = mockClient(SQSClient);
const queue = { sqs: new SQSClient({ region: 'eu-central-1' }), url: 'https://sqs.example/1/deliveries' };
const dueTo = (n: number) => ({
  ...{ base: BASE, ordinal: n, attempt: 1, environment: ENVIRONMENT },
  destination: idOf('dst', n),
});
const many = (count: number) => Array.from({ length: count }, (_, n) => dueTo(n + 1));

beforeEach(() => void sqs.reset());

describe('enqueueing one attempt', () => {
  it('carries its destination as message group, so that a slow one does not hold up the others', async () => {
    await enqueue(queue, dueTo(1));
    const [call] = sqs.commandCalls(SendMessageCommand);
    expect(call?.args[0].input).toMatchObject({ QueueUrl: queue.url, MessageGroupId: idOf('dst', 1) });
    expect(call?.args[0].input).not.toHaveProperty('DelaySeconds');
    expect(decodeMessage(call?.args[0].input.MessageBody ?? '')).toMatchObject(dueTo(1));
  });

  it('delays it where it is due later', async () => {
    await enqueue(queue, dueTo(1), 900);
    expect(sqs.commandCalls(SendMessageCommand)[0]?.args[0].input.DelaySeconds).toBe(900);
  });

  it('gives each message a token of its own', async () => {
    await enqueue(queue, dueTo(1));
    await enqueue(queue, dueTo(1));
    const tokens = sqs
      .commandCalls(SendMessageCommand)
      .map((call) => decodeMessage(call.args[0].input.MessageBody ?? '').token);
    expect(new Set(tokens).size).toBe(2);
  });
});

describe('enqueueing an attempt soon', () => {
  it.each([
    ['at once, when it was due before', NOW - 5000, undefined],
    ['not too early, in part of a second', NOW + 1001, 2],
    ['at the end of the longest delay, when it is due beyond', NOW + 1_000_000, 900],
  ])('makes it come %s', async (_, at, delay) => {
    await enqueueSoon(queue, dueTo(1), at, NOW);
    expect(sqs.commandCalls(SendMessageCommand).map((call) => call.args[0].input.DelaySeconds)).toEqual([delay]);
  });
});

describe('enqueueing many attempts', () => {
  it('takes ten to a request', async () => {
    sqs.on(SendMessageBatchCommand).resolves({});
    expect(await enqueueAll(queue, many(25))).toEqual({ refused: [], errors: [] });
    const sizes = sqs.commandCalls(SendMessageBatchCommand).map((call) => call.args[0].input.Entries?.length);
    expect(sizes.sort()).toEqual([10, 10, 5]);
  });

  it('sends nothing when there is nothing', async () => {
    expect(await enqueueAll(queue, [])).toEqual({ refused: [], errors: [] });
    expect(sqs.calls()).toHaveLength(0);
  });

  it('answers with the entries that SQS refused, although the request succeeded', async () => {
    const Failed = [{ Id: '3', Code: 'InternalError', SenderFault: false }];
    sqs.on(SendMessageBatchCommand).resolvesOnce({ Failed }).resolves({});
    const { refused, errors } = await enqueueAll(queue, many(12));
    expect(refused).toEqual([dueTo(4)]);
    expect(String(errors)).toContain('InternalError');
  });

  it('answers with all ten of a request that failed, and with no others', async () => {
    const isFirst = ({ Entries = [] }: SendMessageBatchCommandInput) => Entries.length === 10;
    sqs.on(SendMessageBatchCommand).callsFake((input) => {
      if (isFirst(input)) throw new Error('throttled');
      return {};
    });
    const { refused, errors } = await enqueueAll(queue, many(15));
    expect(refused).toEqual(many(10));
    expect(errors).toHaveLength(1);
  });
});

describe('a send whose answer was lost', () => {
  /** A queue that takes everything, and whose first answer is lost. */
  function forgetful() {
    const requests: { readonly MessageBody?: string; readonly Entries?: { readonly MessageBody: string }[] }[] = [];
    const handle = async ({ body }: { readonly body: Uint8Array }) => {
      requests.push(JSON.parse(new TextDecoder().decode(body)));
      if (requests.length === 1) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      const headers = { 'content-type': 'application/x-amz-json-1.0' };
      return { response: { statusCode: 200, headers, body: Readable.from([Buffer.from('{}')]) } };
    };
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const endpoint = 'https://sqs.example';
    const config = { region: 'eu-central-1', endpoint, credentials, md5: false as const, requestHandler: { handle } };
    const tokens = () =>
      requests.map(({ MessageBody, Entries = [] }) =>
        [MessageBody ?? [], Entries.map((entry) => entry.MessageBody)].flat().map((body) => decodeMessage(body).token),
      );
    return { queue: openDeliveryQueue(queue.url, config), tokens };
  }

  beforeEach(() => void sqs.restore());

  it('is repeated with another token, so that its copy does not look like a redrive', async () => {
    const { queue, tokens } = forgetful();
    await enqueue(queue, dueTo(1));
    expect(tokens()).toHaveLength(2);
    expect(new Set(tokens().flat()).size).toBe(2);
  });

  it('is repeated with other tokens, so that none of ten copies looks like a redrive', async () => {
    const { queue, tokens } = forgetful();
    expect(await enqueueAll(queue, many(10))).toEqual({ refused: [], errors: [] });
    expect(tokens().map(({ length }) => length)).toEqual([10, 10]);
    expect(new Set(tokens().flat()).size).toBe(20);
  });
});
