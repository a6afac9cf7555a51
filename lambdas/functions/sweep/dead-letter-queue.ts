import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** The native dead-letter queue of deliveries. */
export interface DeadLetterQueue {
  readonly sqs: SQSClient;
  readonly url: string;
}

/** A message of the dead-letter queue, in hand. */
export interface HeldMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** SQS itself moved it here from the queue it failed in; only such messages can be redriven. */
  readonly moved: boolean;
}

/** A batch is looked at for far less; if the sweep dies over it, a redrive can have it after this long. */
const HELD_SECONDS = 20;

/** Whether there is anything to look at: about, as SQS counts. */
export async function hasMessages({ sqs, url: QueueUrl }: DeadLetterQueue): Promise<boolean> {
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] });
  const { Attributes } = await sqs.send(command);
  return Number(Attributes?.ApproximateNumberOfMessages ?? 0) > 0;
}

/** Takes up to ten messages in hand. A queue without a redrive policy of its own counts receives and does nothing by them. */
export async function takeBatch({ sqs, url: QueueUrl }: DeadLetterQueue): Promise<HeldMessage[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
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

/** Removes messages. One that SQS does not remove is there again for the next run. */
export async function removeMessages(
  { sqs, url: QueueUrl }: DeadLetterQueue,
  held: readonly HeldMessage[],
): Promise<void> {
  if (held.length === 0) return;
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: held.map(entry) }));
}

/** Lets messages be received again at once: by a redrive that is running, or by people who look at the queue. */
export async function releaseMessages(
  { sqs, url: QueueUrl }: DeadLetterQueue,
  held: readonly HeldMessage[],
): Promise<void> {
  if (held.length === 0) return;
  const Entries = held.map((one, index) => ({ ...entry(one, index), VisibilityTimeout: 0 }));
  await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
}

const entry = ({ receiptHandle }: HeldMessage, index: number) => ({ Id: String(index), ReceiptHandle: receiptHandle });
