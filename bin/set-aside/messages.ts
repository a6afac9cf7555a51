import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';

/** The set-aside queue. */
export interface SetAsideQueue {
  readonly sqs: SQSClient;
  readonly url: string;
}

const image = z.record(z.string(), z.unknown());

const body = z.object({
  function: z.enum(['route', 'aggregate']),
  reason: z.string(),
  eventId: z.string(),
  eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  sequenceNumber: z.string(),
  key: z.object({ pk: z.string(), sk: z.string() }),
  /** Of `aggregate`: what counting reads of the item before and after the change. */
  images: z.object({ before: image.optional(), after: image.optional() }).optional(),
});

/** A record that was set aside. */
export type SetAsideRecord = z.output<typeof body>;

/** A message of the queue, held for as long as the command works on it. */
export interface HeldRecord {
  readonly receiptHandle: string;
  /** Undefined if nothing of ours wrote it. */
  readonly record: SetAsideRecord | undefined;
}

/** Long enough to receive all messages once and to work on them. */
const HELD_SECONDS = 300;

/** How many empty receives in a row end the search: SQS does not ask all of its servers each time. */
const EMPTY_LOOKS = 3;

/** Receives all messages, each once. */
export async function holdAll({ sqs, url: QueueUrl }: SetAsideQueue): Promise<HeldRecord[]> {
  const held: HeldRecord[] = [];
  for (let empty = 0; empty < EMPTY_LOOKS; ) {
    const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: HELD_SECONDS });
    const { Messages = [] } = await sqs.send(command);
    empty = Messages.length === 0 ? empty + 1 : 0;
    held.push(
      ...Messages.map(({ ReceiptHandle = '', Body = '' }) => ({ receiptHandle: ReceiptHandle, record: read(Body) })),
    );
  }
  return held;
}

function read(text: string): SetAsideRecord | undefined {
  try {
    return body.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Deletes a message: its record is taken back. */
export async function remove({ sqs, url: QueueUrl }: SetAsideQueue, { receiptHandle }: HeldRecord): Promise<void> {
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receiptHandle }));
}

/** Makes a message visible again, for the alarm and for the next time. */
export async function release({ sqs, url: QueueUrl }: SetAsideQueue, { receiptHandle }: HeldRecord): Promise<void> {
  const ReceiptHandle = receiptHandle;
  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
}
