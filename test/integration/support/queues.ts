import {
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { encodeMessage } from '../../../lambdas/queue/message';
import { STACK_CREDENTIALS } from '../../../local/dynamodb/client';
import { REGION } from '../../../local/template/template';
import { eventually } from './eventually';
import { addressOf } from './table';

/** The queues as any SDK client sees them. */
export class QueueProbe {
  private readonly sqs: SQSClient;

  constructor(
    endpoint: string,
    private readonly outputs: Readonly<Record<string, string>>,
  ) {
    this.sqs = new SQSClient({ endpoint, region: REGION, credentials: STACK_CREDENTIALS });
  }

  private get deliveryQueue(): string {
    return this.outputs.DeliveryQueueUrl ?? '';
  }

  /** Sends a message to the delivery queue; answers with its id. */
  async send(body: string): Promise<string> {
    const command = new SendMessageCommand({ QueueUrl: this.deliveryQueue, MessageBody: body });
    return (await this.sqs.send(command)).MessageId ?? '';
  }

  /**
   * The message of a delivery, left in the queue. The mapping has to be paused: looking is receiving, and counts as such.
   */
  async waiting(deliveryOrEventId: string): Promise<string> {
    const base = deliveryOrEventId.slice(4, 28);
    const QueueUrl = this.deliveryQueue;
    return eventually(`a message of ${deliveryOrEventId} in the delivery queue`, async () => {
      const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 });
      const { Messages = [] } = await this.sqs.send(command);
      return Messages.find(({ Body }) => Body?.includes(base))?.Body;
    });
  }

  /** The message of a delivery in the dead-letter queue, left there; undefined when there is none. */
  async dead(deliveryId: string): Promise<Message | undefined> {
    const command = new ReceiveMessageCommand({
      QueueUrl: this.outputs.DeadLetterQueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 0,
      MessageSystemAttributeNames: ['All'],
    });
    const { Messages = [] } = await this.sqs.send(command);
    return Messages.find(({ Body }) => Body?.includes(deliveryId));
  }

  async untilDead(deliveryId: string): Promise<Message> {
    return eventually(`the message of ${deliveryId} in the dead-letter queue`, () => this.dead(deliveryId));
  }

  /** Sends every message of the dead-letter queue back to where it came from, as the console's redrive does. */
  async redrive(): Promise<void> {
    await this.sqs.send(new StartMessageMoveTaskCommand({ SourceArn: this.outputs.DeadLetterQueueArn }));
  }

  /** Receives what is in the delivery queue once and leaves it there. The mapping has to be paused. */
  async receiveOnce(): Promise<void> {
    const look = { QueueUrl: this.deliveryQueue, MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
    await this.sqs.send(new ReceiveMessageCommand(look));
  }

  /** Sends a message into the dead-letter queue by hand; answers with its id. */
  async sendDead(body: string): Promise<string> {
    const command = new SendMessageCommand({ QueueUrl: this.outputs.DeadLetterQueueUrl, MessageBody: body });
    return (await this.sqs.send(command)).MessageId ?? '';
  }

  /** Bodies in the dead-letter queue, as one look at ten of them finds them. */
  async deadBodies(): Promise<string[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: this.outputs.DeadLetterQueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 0,
    });
    const { Messages = [] } = await this.sqs.send(command);
    return Messages.map(({ Body = '' }) => Body);
  }

  /** Takes every message out of the dead-letter queue. */
  async purgeDead(): Promise<void> {
    await this.sqs.send(new PurgeQueueCommand({ QueueUrl: this.outputs.DeadLetterQueueUrl }));
  }

  /** Loses every message of the delivery queue. The mapping has to be paused. */
  async loseDeliveries(): Promise<void> {
    const QueueUrl = this.deliveryQueue;
    await eventually('an emptied delivery queue', async () => {
      const { Messages = [] } = await this.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      for (const { ReceiptHandle } of Messages)
        await this.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      return (await this.depth('delivery')) === 0;
    });
  }

  /** Takes the delivery queue itself away: whoever sends to it fails. */
  async removeDeliveryQueue(): Promise<void> {
    await this.sqs.send(new DeleteQueueCommand({ QueueUrl: this.deliveryQueue }));
  }

  /** Messages in a queue: visible, delayed and in flight together. */
  async depth(queue: 'delivery' | 'dead'): Promise<number> {
    const QueueUrl = queue === 'delivery' ? this.deliveryQueue : this.outputs.DeadLetterQueueUrl;
    const { Attributes = {} } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesDelayed: delayed } = Attributes;
    return Number(visible) + Number(delayed) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
  }

  async untilEmpty(queue: 'delivery' | 'dead'): Promise<void> {
    await eventually(`an empty ${queue} queue`, async () => (await this.depth(queue)) === 0);
  }

  close(): void {
    this.sqs.destroy();
  }
}

/** The text of a message as Posthorn writes it, with a token of the test's. */
export function messageBody(message: {
  readonly delivery: string;
  readonly attempt: number;
  readonly environment: string;
  readonly destination: string;
  readonly token?: string;
}): string {
  const { base, ordinal } = addressOf(message.delivery);
  return encodeMessage({ token: 'sent-by-hand', ...message, base, ordinal });
}
