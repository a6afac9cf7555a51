import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { chunks } from '../../runtime/pools';

/** The native dead-letter queue of deliveries. */
export interface DeadLetterQueue {
  readonly sqs: SQSClient;
  readonly url: string;
}

/** A message of the dead-letter queue that the sweep has received and holds. */
export interface HeldMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** Whether SQS itself moved it here; only such messages can be redriven. */
  readonly moved: boolean;
}

/** A call takes at most ten messages. */
const BATCH_SIZE = 10;

/** How long a message is held, if the sweep crashes: longer than a run may take to come to its end. */
const HELD_SECONDS = 40;

/** How many messages there are to look at, approximately. */
export async function countMessages({ sqs, url: QueueUrl }: DeadLetterQueue): Promise<number> {
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] });
  const { Attributes } = await sqs.send(command);
  return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
}

/** Receives up to ten messages. The queue has no redrive policy of its own, so receiving them often has no effect. */
export async function takeBatch({ sqs, url: QueueUrl }: DeadLetterQueue): Promise<HeldMessage[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: BATCH_SIZE,
    VisibilityTimeout: HELD_SECONDS,
    MessageSystemAttributeNames: ['DeadLetterQueueSourceArn'],
  });
  const { Messages = [] } = await sqs.send(command);
  return Messages.map(readHeld);
}

function readHeld({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} }: Message): HeldMessage {
  const moved = Attributes.DeadLetterQueueSourceArn !== undefined;
  return { messageId: MessageId, receiptHandle: ReceiptHandle, body: Body, moved };
}

/** Deletes messages. One that SQS fails to delete comes up again in the next run. */
export async function removeMessages(
  { sqs, url: QueueUrl }: DeadLetterQueue,
  held: readonly HeldMessage[],
): Promise<void> {
  if (held.length === 0) return;
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: held.map(entry) }));
}

/** Makes messages visible again at once, for a running redrive or for people looking at the queue. */
export async function releaseMessages(
  { sqs, url: QueueUrl }: DeadLetterQueue,
  held: readonly HeldMessage[],
): Promise<void> {
  for (const batch of chunks(held, BATCH_SIZE)) {
    const Entries = batch.map((one, index) => ({ ...entry(one, index), VisibilityTimeout: 0 }));
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  }
}

const entry = ({ receiptHandle }: HeldMessage, index: number) => ({ Id: String(index), ReceiptHandle: receiptHandle });
