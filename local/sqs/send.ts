import * as z from 'zod';
import type { DurableQueue } from './durable-queue';
import type { DurableStore } from './durable-store';
import { type FauxqsMessage, SqsError } from './fauxqs';

const MAX_BATCH = 10;
const BATCH_ENTRY_ID = /^[A-Za-z0-9_-]{1,80}$/;
const GROUP_ID = /^[!-~]{1,128}$/;
// Characters that XML 1.0 does not allow. fauxqs also refuses everything beyond the basic plane, which AWS accepts.
const INVALID_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

const attributeValue = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});

const entrySchema = z.object({
  MessageBody: z.string().optional(),
  DelaySeconds: z.number().int().optional(),
  MessageGroupId: z.string().optional(),
  MessageAttributes: z.record(z.string(), attributeValue).optional(),
});

const batchSchema = z.object({ Entries: z.array(entrySchema.extend({ Id: z.string() })).optional() });

type Entry = z.infer<typeof entrySchema>;

interface Sent {
  readonly MessageId: string;
  readonly MD5OfMessageBody: string;
  readonly MD5OfMessageAttributes?: string;
}

/**
 * `SendMessage` to a standard queue. It adds what fauxqs' own lacks: `MessageGroupId` (fair queues), the range of
 * `DelaySeconds`, characters beyond the basic plane.
 *
 * @throws SqsError as SQS answers
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export function sendMessage(store: DurableStore, request: unknown): Sent {
  const queue = queueOf(store, request);
  return send(store, queue, parse(entrySchema, request));
}

/**
 * `SendMessageBatch` to a standard queue.
 *
 * @throws SqsError as SQS answers if the batch as a whole is refused
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
 */
export function sendMessageBatch(store: DurableStore, request: unknown): { Successful: unknown[]; Failed: unknown[] } {
  const queue = queueOf(store, request);
  const { Entries = [] } = parse(batchSchema, request);
  assertBatch(Entries.map(({ Id }) => Id));
  if (Entries.reduce((total, entry) => total + sizeOf(entry), 0) > maximumSize(queue))
    throw new SqsError('BatchRequestTooLong', `Batch requests cannot be longer than ${maximumSize(queue)} bytes.`);
  const Successful: unknown[] = [];
  const Failed: unknown[] = [];
  for (const { Id, ...entry } of Entries) {
    const refusal = refusalOf(queue, entry);
    if (refusal === undefined) Successful.push({ Id, ...send(store, queue, entry) });
    else Failed.push({ Id, SenderFault: true, Code: refusal.code, Message: refusal.message });
  }
  return { Successful, Failed };
}

function send(store: DurableStore, queue: DurableQueue, entry: Entry): Sent {
  const refusal = refusalOf(queue, entry);
  if (refusal !== undefined) throw new SqsError(refusal.code, refusal.message);
  const delay = entry.DelaySeconds ?? Number(queue.attributes.DelaySeconds);
  const attributes: FauxqsMessage['messageAttributes'] = Object.fromEntries(
    Object.entries(entry.MessageAttributes ?? {}).map(([name, value]) => [name, withoutUnset(value)]),
  );
  const message = store.newMessage(entry.MessageBody ?? '', attributes, delay, entry.MessageGroupId);
  queue.enqueue(message);
  const { md5OfMessageAttributes: digest } = message;
  const MD5OfMessageAttributes = digest === '' ? {} : { MD5OfMessageAttributes: digest };
  return { MessageId: message.messageId, MD5OfMessageBody: message.md5OfBody, ...MD5OfMessageAttributes };
}

function withoutUnset({ DataType, StringValue, BinaryValue }: z.infer<typeof attributeValue>) {
  return {
    DataType,
    ...(StringValue !== undefined && { StringValue }),
    ...(BinaryValue !== undefined && { BinaryValue }),
  };
}

interface Refusal {
  readonly code: string;
  readonly message: string;
}

function refusalOf(queue: DurableQueue, entry: Entry): Refusal | undefined {
  const { MessageBody = '', DelaySeconds = 0, MessageGroupId } = entry;
  if (MessageBody === '')
    return { code: 'MissingParameter', message: 'The request must contain the parameter MessageBody.' };
  if (INVALID_CHARACTER.test(MessageBody))
    return { code: 'InvalidMessageContents', message: 'Invalid characters found in the message body.' };
  if (DelaySeconds < 0 || DelaySeconds > 900)
    return invalid('DelaySeconds', DelaySeconds, 'DelaySeconds must be >= 0 and <= 900');
  if (MessageGroupId !== undefined && !GROUP_ID.test(MessageGroupId))
    return invalid('MessageGroupId', MessageGroupId, 'it takes 1 to 128 letters, digits and punctuation characters');
  if (sizeOf(entry) > maximumSize(queue))
    return {
      code: 'InvalidParameterValue',
      message: `One or more parameters are invalid. Reason: Message must be shorter than ${maximumSize(queue)} bytes.`,
    };
  return undefined;
}

const invalid = (name: string, value: unknown, reason: string): Refusal => ({
  code: 'InvalidParameterValue',
  message: `Value ${value} for parameter ${name} is invalid. Reason: ${reason}.`,
});

function assertBatch(ids: string[]): void {
  if (ids.length === 0) throw new SqsError('EmptyBatchRequest', "The batch request doesn't contain any entries.");
  if (ids.length > MAX_BATCH)
    throw new SqsError('TooManyEntriesInBatchRequest', `Maximum number of entries per request are ${MAX_BATCH}.`);
  if (new Set(ids).size < ids.length)
    throw new SqsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  if (!ids.every((id) => BATCH_ENTRY_ID.test(id)))
    throw new SqsError(
      'InvalidBatchEntryId',
      'A batch entry id takes 1 to 80 letters, digits, hyphens and underscores.',
    );
}

const maximumSize = (queue: DurableQueue): number => Number(queue.attributes.MaximumMessageSize);

/** AWS counts the body and the name, type and value of every attribute, in bytes. */
function sizeOf({ MessageBody = '', MessageAttributes = {} }: Entry): number {
  const attributes = Object.entries(MessageAttributes).flatMap(([name, value]) => [name, ...Object.values(value)]);
  return [MessageBody, ...attributes].reduce((total, text) => total + Buffer.byteLength(text ?? ''), 0);
}

function queueOf(store: DurableStore, request: unknown): DurableQueue {
  const { QueueUrl } = parse(z.object({ QueueUrl: z.string() }), request);
  const queue = store.getQueue(QueueUrl);
  if (queue === undefined) throw new SqsError('QueueDoesNotExist', 'The specified queue does not exist.');
  return queue;
}

function parse<T>(schema: z.ZodType<T>, request: unknown): T {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  const { path = [], message = '' } = parsed.error.issues[0] ?? {};
  throw new SqsError('InvalidParameterValue', `Invalid value for the parameter ${path.join('.')}: ${message}.`);
}
