import type { FauxqsMessage } from './fauxqs';

/** A message and where it is: waiting until `dueAt`, or held by a receiver until then when it has a `handle`. */
export interface StoredMessage {
  readonly queue: string;
  readonly message: FauxqsMessage;
  /** Receipt handle of the last receive, while it hides the message. */
  readonly handle?: string;
  /** Epoch milliseconds from which the message can be received. */
  readonly dueAt: number;
  /** ARN of the queue that a message in a dead-letter queue came from. */
  readonly source?: string;
  /** Held by one of the stack's own pollers, which end with this process. */
  readonly heldHere?: boolean;
}

/** What happened to messages, one line each. `id` is a message id, `at` epoch milliseconds. */
export type MessageLogLine =
  | { readonly op: 'put'; readonly stored: StoredMessage }
  | {
      readonly op: 'receive';
      readonly id: string;
      readonly handle: string;
      readonly count: number;
      readonly first: number;
      readonly at: number;
      readonly here: boolean;
    }
  | { readonly op: 'visibility'; readonly id: string; readonly at: number }
  | { readonly op: 'delete'; readonly id: string }
  | { readonly op: 'dead'; readonly id: string; readonly queue: string; readonly source: string }
  | { readonly op: 'redrive'; readonly id: string; readonly stored: StoredMessage };

/** The messages that are left after replaying the log, in the order in which they were added. */
export function replay(lines: Iterable<MessageLogLine>): Map<string, StoredMessage> {
  const messages = new Map<string, StoredMessage>();
  for (const line of lines) apply(messages, line);
  return messages;
}

function apply(messages: Map<string, StoredMessage>, line: MessageLogLine): void {
  if (line.op === 'put') return void messages.set(line.stored.message.messageId, line.stored);
  const known = messages.get(line.id);
  if (known === undefined) return;
  switch (line.op) {
    case 'receive':
      messages.set(line.id, received(known, line));
      break;
    case 'visibility':
      messages.set(line.id, { ...known, dueAt: line.at });
      break;
    case 'dead':
      messages.set(line.id, { queue: line.queue, message: known.message, dueAt: 0, source: line.source });
      break;
    case 'redrive':
      messages.delete(line.id);
      messages.set(line.stored.message.messageId, line.stored);
      break;
    case 'delete':
      messages.delete(line.id);
  }
}

function received(known: StoredMessage, line: Extract<MessageLogLine, { op: 'receive' }>): StoredMessage {
  const { handle, count, first, at, here } = line;
  const message = { ...known.message, approximateReceiveCount: count, approximateFirstReceiveTimestamp: first };
  return { ...known, message, handle, dueAt: at, heldHere: here };
}
