import { triggerOf } from '../../domain/delivery';
import { type Targeted, targetMark, targetsOf } from '../../domain/targets';
import type { AttemptDetail, TargetDetail } from '../../store/deliveries/attempt-detail';
import type { StoredAttempt } from '../../store/deliveries/delivery-items';
import type { ReceivedMessage } from './received-message';
import type { Attempted } from './send-to-targets';
import type { Exchange } from './transports/transport';
import type { Claimed } from './triage';

/** What packs the detail of an attempt. */
export interface DetailPorts {
  packDetail(detail: AttemptDetail): Uint8Array;
}

/**
 * An attempt as it is recorded. Of several targets it shows the first that did not accept, or else the first, and the time
 * of the slowest.
 */
export function recordedAttempt(
  ports: DetailPorts,
  message: ReceivedMessage,
  { delivery, admitted: { destination } }: Claimed,
  { startedAt, exchanges, accepted, impossible }: Attempted,
): StoredAttempt {
  const shown = exchanges.find(({ result }) => result.failure) ?? exchanges[0];
  const failure =
    impossible === undefined ? shown?.result.failure : ({ code: 'worker_failed', message: impossible } as const);
  const targets = destination && targetDetails(destination, exchanges);
  return {
    number: message.attempt,
    trigger: triggerOf(delivery.cause, message.attempt - delivery.roundStart),
    startedAt,
    latencyMs: Math.max(0, ...exchanges.map(({ result }) => result.latencyMs)),
    statusCode: shown?.result.status,
    errorCode: failure?.code,
    errorMessage: failure && failure.message + (destination ? acceptanceOf(destination, accepted) : ''),
    ...(shown && { detail: ports.packDetail({ ...shown.detail, ...(targets && { targets }) }) }),
  };
}

/** What came of the targets of an attempt; nothing where there is but one. */
function targetDetails(destination: Targeted, exchanges: readonly Exchange[]): TargetDetail[] | undefined {
  if (targetsOf(destination).length === 1) return undefined;
  return exchanges.map(({ target: url, result: { latencyMs, status, failure } }) => ({
    url,
    latencyMs,
    ...(status !== undefined && { statusCode: status }),
    ...(failure && { errorCode: failure.code, errorMessage: failure.message }),
  }));
}

/** How many targets have accepted, as a reader of the error sees it; nothing where there is but one. */
function acceptanceOf(destination: Targeted, accepted: readonly string[]): string {
  const targets = targetsOf(destination);
  if (targets.length === 1) return '';
  const count = targets.filter((url) => accepted.includes(targetMark(url))).length;
  return ` (accepted by ${count} of ${targets.length} targets)`;
}
