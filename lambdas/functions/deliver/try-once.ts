import type { Destination } from '../../configuration/destination';
import { type AttemptResult, failureOf, isGone, isSuccess } from '../../domain/attempt';
import { triggerOf } from '../../domain/delivery';
import type { TargetDetail } from '../../store/deliveries/attempt-detail';
import type { Delivery, StoredAttempt } from '../../store/deliveries/delivery-items';
import type { Admission, Verdict } from './breaker';
import { buildRequest, recordedHeaders } from './outgoing';
import type { DeliverPorts, ReceivedMessage } from './ports';
import type { OutgoingRequest } from './send';
import { type Answers, acceptanceOf, sendToAll, targetDetails } from './send-to-all';

/** An attempt that is this worker's to make. */
export interface Claimed {
  readonly claimId: string;
  readonly timeoutMs: number;
  readonly delivery: Delivery;
  readonly admitted: Extract<Admission, { kind: 'send' }>;
}

/** What was sent and what came back; nothing was sent when `outgoing` is absent. */
export interface Exchange {
  readonly startedAt: number;
  /** What the attempt is shown by; of several targets, the first that did not accept. */
  readonly result: AttemptResult;
  readonly outgoing?: OutgoingRequest | undefined;
  /** Of every target that was sent to. */
  readonly results: readonly AttemptResult[];
  /** Marks of all targets that have accepted by now. */
  readonly accepted: readonly string[];
  readonly targets?: readonly TargetDetail[] | undefined;
}

/** Sends the attempt, unless it is known that this cannot end well: then the failure says why nothing was sent. */
export async function tryOnce(ports: DeliverPorts, message: ReceivedMessage, claimed: Claimed): Promise<Exchange> {
  const startedAt = ports.now();
  const { delivery, timeoutMs } = claimed;
  const { destination } = claimed.admitted;
  const fail = (text: string): Exchange => {
    const result = { kind: 'error', code: 'worker_failed', message: text, latencyMs: 0 } as const;
    return { startedAt, result, results: [result], accepted: delivery.accepted ?? [] };
  };
  const crashes = crashesOf(delivery);
  if (isHopeless(message, delivery))
    return fail(`The worker failed ${crashes} times before it could record the attempt`);
  if (!destination) return fail('The destination was deleted');
  const event = await ports.readEvent(message.base);
  if (!event) return fail('The event is no longer stored');
  const outgoing = buildRequest(event, delivery, destination, new Date(startedAt), timeoutMs);
  const answers = await sendToAll((one) => ports.send(one), outgoing, destination, delivery.accepted);
  return { startedAt, ...exchangeOf(destination, answers) };
}

function exchangeOf(destination: Destination, { shown, all, accepted }: Answers): Omit<Exchange, 'startedAt'> {
  const results = all.map(({ result }) => result);
  const latencyMs = Math.max(0, ...results.map((result) => result.latencyMs));
  const result = { ...(shown?.result ?? { kind: 'unneeded' as const }), latencyMs };
  return { result, outgoing: shown?.outgoing, results, accepted, targets: targetDetails(destination, all) };
}

/** How often the attempt was claimed before, by workers that never recorded it. */
const crashesOf = ({ claims = 1 }: Delivery): number => claims - 1;

/**
 * Whether workers have failed on the attempt so often that a message could not have been received more often: then it is
 * the delivery that brings them down, and the last receive records its death.
 */
export function isHopeless({ lastReceive, maxReceives }: ReceivedMessage, delivery: Delivery): boolean {
  return lastReceive && crashesOf(delivery) >= maxReceives - 1;
}

/**
 * What an exchange says about its destination. One that is gone is paused, which is more than a breaker does. Where one of
 * several targets accepts, the destination takes deliveries: a mirror that is down must not keep them from the others.
 */
export function verdictOf({ outgoing, results, accepted }: Exchange): Verdict {
  if (!outgoing) return 'nothing';
  if (results.some(isSuccess)) return 'success';
  return accepted.length > 0 || results.some(isGone) ? 'nothing' : 'failure';
}

/** An exchange as it is recorded. */
export function storedAttempt(
  ports: DeliverPorts,
  message: ReceivedMessage,
  { delivery, admitted: { destination } }: Claimed,
  { startedAt, outgoing, result, accepted, targets }: Exchange,
): StoredAttempt {
  const failure = failureOf(result);
  const response = result.kind === 'response' ? result : undefined;
  return {
    number: message.attempt,
    trigger: triggerOf(delivery.cause, message.attempt - delivery.roundStart),
    startedAt,
    latencyMs: result.latencyMs,
    statusCode: response?.statusCode,
    errorCode: failure?.code,
    errorMessage: failure && failure.message + (destination ? acceptanceOf(destination, accepted) : ''),
    ...(outgoing &&
      destination && {
        detail: ports.packDetail({
          requestUrl: outgoing.url,
          requestMethod: outgoing.method,
          requestHeaders: recordedHeaders(outgoing.headers, destination),
          requestBodyBytes: outgoing.body.byteLength,
          responseHeaders: response?.headers ?? {},
          responseBody: response?.body,
          ...(targets && { targets }),
        }),
      }),
  };
}
