import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { decodeMessage, UnreadableMessageError } from '../../lambdas/queue/message';
import type { Row } from './comparison';
import type { Contents } from './scan';

/** Messages leave the queue after 14 days, counted from when they were sent first; that may be four days before. */
const KEPT_MS = 10 * 86_400_000;

/** Long enough to look at all messages once. */
const HIDDEN_SECONDS = 60;

/** How many empty receives in a row end the search. */
const EMPTY_LOOKS = 3;

/** The dead-letter queue. */
export interface DeadLetterQueue {
  readonly sqs: SQSClient;
  readonly url: string;
}

/**
 * Compares open dead letters with the messages of the dead-letter queue. Every message is received once and made
 * visible again.
 *
 * @param now milliseconds since the epoch
 * @returns figures, and how many messages Posthorn did not write
 */
export async function compareDeadLetters(
  { deadLetters, deliveries }: Contents,
  queue: DeadLetterQueue,
  now: number,
): Promise<{ readonly rows: Row[]; readonly foreign: number }> {
  const size = await sizeOf(queue);
  const messages = await allMessages(queue);
  const read = messages.map(({ Body = '' }) => readMessage(Body));
  const tokens = new Map(read.flatMap((message) => (message ? [[message.token, message]] : [])));
  const died = new Map(deliveries.map((one) => [`${one.base} ${one.ordinal}`, one.deathToken]));
  const open = deadLetters.filter(({ failedAt }) => Date.parse(failedAt) > now - KEPT_MS);
  const known = open.filter(({ base, ordinal }) => tokens.has(died.get(`${base} ${ordinal}`) ?? ''));
  const foreign = read.filter((message) => message === undefined).length;
  const rows = [
    { what: 'dead letters with their message in the queue', expected: open.length, found: known.length },
    { what: "messages of Posthorn's with their dead letter", expected: messages.length - foreign, found: known.length },
    { what: "messages by the queue's own attributes", expected: messages.length, found: size },
  ];
  return { rows, foreign };
}

function readMessage(body: string) {
  try {
    return decodeMessage(body);
  } catch (error) {
    if (error instanceof UnreadableMessageError) return undefined;
    throw error;
  }
}

async function sizeOf({ sqs, url }: DeadLetterQueue): Promise<number> {
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
  const { Attributes = {} } = await sqs.send(command);
  const kinds = ['', 'Delayed', 'NotVisible'] as const;
  return kinds.reduce((sum, kind) => sum + Number(Attributes[`ApproximateNumberOfMessages${kind}`] ?? 0), 0);
}

async function allMessages({ sqs, url }: DeadLetterQueue): Promise<Message[]> {
  const messages = new Map<string, Message>();
  for (let empty = 0; empty < EMPTY_LOOKS; ) {
    const command = new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: HIDDEN_SECONDS,
    });
    const { Messages = [] } = await sqs.send(command);
    empty = Messages.length === 0 ? empty + 1 : 0;
    for (const message of Messages) messages.set(message.MessageId ?? '', message);
  }
  for (const { ReceiptHandle } of messages.values())
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 }));
  return [...messages.values()];
}
