import type { Failure } from '../../domain/attempt';
import { triggerOf } from '../../domain/delivery';
import { targetMark, targetsOf } from '../../domain/targets';
import { packDetail, type TargetDetail } from '../../store/deliveries/attempt-detail';
import type { StoredAttempt } from '../../store/deliveries/delivery-items';
import type { ReceivedMessage } from './received-message';
import type { Attempted } from './send-to-targets';
import type { Exchange } from './transports/transport';
import type { Claimed } from './triage';

/**
 * An attempt as it is recorded. Of several targets it shows the first that did not accept, or else the first, and the time
 * of the slowest.
 */
export function recordedAttempt(
  message: ReceivedMessage,
  { delivery, admitted: { destination } }: Claimed,
  { startedAt, exchanges, accepted, impossible }: Attempted,
): StoredAttempt {
  const shown = exchanges.find(({ result }) => result.failure) ?? exchanges[0];
  const failure = impossible === undefined ? shown?.result.failure : workerFailure(impossible);
  const targets = destination ? targetsOf(destination) : [];
  const several = targets.length > 1;
  return {
    number: message.attempt,
    trigger: triggerOf(delivery.cause, message.attempt - delivery.roundStart),
    startedAt,
    latencyMs: Math.max(0, ...exchanges.map(({ result }) => result.latencyMs)),
    statusCode: shown?.result.status,
    errorCode: failure?.code,
    errorMessage: failure && failure.message + (several ? acceptanceOf(targets, accepted) : ''),
    ...(shown && { detail: packDetail({ ...shown.detail, ...(several && { targets: exchanges.map(targetDetail) }) }) }),
  };
}

const workerFailure = (message: string): Failure => ({ code: 'worker_failed', message });

/** What came of one of several targets. */
function targetDetail({ target: url, result: { latencyMs, status, failure } }: Exchange): TargetDetail {
  return {
    url,
    latencyMs,
    ...(status !== undefined && { statusCode: status }),
    ...(failure && { errorCode: failure.code, errorMessage: failure.message }),
  };
}

/** How many targets have accepted, as a reader of the error sees it. */
function acceptanceOf(targets: readonly string[], accepted: readonly string[]): string {
  const count = targets.filter((target) => accepted.includes(targetMark(target))).length;
  return ` (accepted by ${count} of ${targets.length} targets)`;
}
