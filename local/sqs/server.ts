import { LOOPBACK } from '../http/listen';
import { DurableStore } from './durable-store';
import { type FauxqsApp, fauxqsApp, SqsError } from './fauxqs';
import { MoveTasks } from './move-tasks';
import { waitForVisible } from './receive';
import type { MessageLife } from './retention';
import { sendMessage, sendMessageBatch } from './send';

/** The running SQS endpoint. */
export interface SqsServer {
  readonly endpoint: string;
  readonly store: DurableStore;
  stop(): Promise<void>;
}

type JsonObject = Readonly<Record<string, unknown>>;
type Action = (request: JsonObject) => unknown;

const COMPACTION_INTERVAL_MS = 10_000;

/**
 * Starts the SQS endpoint: fauxqs, behind our own versions of the actions that it lacks or handles differently from
 * SQS.
 *
 * @param logFile file that keeps the messages; in memory if omitted
 * @param life what decides about the age of messages; the machine's time if omitted
 */
export async function startSqs(logFile: string | undefined, life: Partial<MessageLife> = {}): Promise<SqsServer> {
  const store = new DurableStore(logFile, { now: Date.now, expired: () => {}, ...life });
  const tasks = new MoveTasks(store);
  const app = fauxqsApp(store);
  addActions(app, store, tasks);
  addLongPolls(app, store);
  const endpoint = await app.listen({ host: LOOPBACK, port: 0 });
  const compaction = setInterval(() => store.compact(), COMPACTION_INTERVAL_MS);
  return {
    endpoint,
    store,
    stop: async () => {
      clearInterval(compaction);
      tasks.stop();
      store.shutdown();
      await app.close();
      store.close();
    },
  };
}

function addActions(app: FauxqsApp, store: DurableStore, tasks: MoveTasks): void {
  const actions: Readonly<Record<string, Action>> = {
    SendMessage: (request) => sendMessage(store, request),
    SendMessageBatch: (request) => sendMessageBatch(store, request),
    StartMessageMoveTask: (request) => tasks.start(request),
    ListMessageMoveTasks: (request) => tasks.list(request),
    CancelMessageMoveTask: (request) => tasks.cancel(request),
    ListDeadLetterSourceQueues: (request) => tasks.sourceQueues(request),
  };
  app.addHook('preHandler', async (request, reply) => {
    const action = actions[actionOf(request.headers)];
    if (action === undefined) return;
    reply.header('content-type', 'application/x-amz-json-1.0');
    try {
      return reply.send(action(Object(request.body)));
    } catch (error) {
      if (!isSqsError(error)) throw error;
      return reply.status(error.statusCode).header('x-amzn-query-error', queryError(error)).send(error.toJSON());
    }
  });
}

/** Long polls wait here, so that a message is never handed to a caller that has gone; the rest is fauxqs'. */
function addLongPolls(app: FauxqsApp, store: DurableStore): void {
  app.addHook('preHandler', async (request, reply) => {
    if (actionOf(request.headers) !== 'ReceiveMessage') return;
    const body: Record<string, unknown> = Object(request.body);
    const queue = store.getQueue(String(body.QueueUrl));
    const wait = Number(body.WaitTimeSeconds ?? queue?.getAttribute('ReceiveMessageWaitTimeSeconds'));
    // Let fauxqs refuse invalid requests itself.
    if (queue === undefined || !(wait > 0 && wait <= 20)) return;
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) queue.cancelWaiters();
    });
    await waitForVisible(store, queue, wait * 1000, () => reply.raw.destroyed);
    if (reply.raw.destroyed) return reply.hijack();
    body.WaitTimeSeconds = 0;
  });
  app.addHook('preSerialization', async (request, _reply, payload) => {
    if (actionOf(request.headers) === 'ReceiveMessage') addSources(store, Object(request.body), Object(payload));
    return payload;
  });
}

/** Adds the system attribute that says where SQS moved a dead message from. */
function addSources(store: DurableStore, request: JsonObject, response: JsonObject): void {
  const wanted = [request.AttributeNames, request.MessageSystemAttributeNames].flat();
  if (!wanted.includes('All') && !wanted.includes('DeadLetterQueueSourceArn')) return;
  const queue = store.getQueue(String(request.QueueUrl));
  for (const received of Array.isArray(response.Messages) ? response.Messages : []) {
    const message = queue?.inflightMessages.get(received.ReceiptHandle)?.message;
    const source = message && store.sourceOfMessage(message);
    if (source !== undefined) received.Attributes = { ...received.Attributes, DeadLetterQueueSourceArn: source };
  }
}

const actionOf = (headers: Readonly<Record<string, unknown>>): string =>
  String(headers['x-amz-target'] ?? '').replace('AmazonSQS.', '');

interface SqsErrorAnswer {
  readonly code: string;
  readonly statusCode: number;
  toJSON(): unknown;
}

const isSqsError = (error: unknown): error is SqsErrorAnswer => error instanceof SqsError;

/** Error codes of the older query protocol, which SDKs that support both use as error names. */
const QUERY_CODES: Readonly<Record<string, string>> = {
  InvalidParameterValue: 'InvalidParameterValue',
  MissingParameter: 'MissingParameter',
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  ResourceNotFoundException: 'ResourceNotFoundException',
};

const queryError = ({ code }: SqsErrorAnswer): string =>
  `${QUERY_CODES[code] ?? `AWS.SimpleQueueService.${code}`};Sender`;
