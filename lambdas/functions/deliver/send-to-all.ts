import { type AttemptResult, failureOf, isSuccess } from '../../domain/attempt';
import { openTargets, type Targeted, targetMark, targetsOf } from '../../domain/targets';
import type { TargetDetail } from '../../store/deliveries/attempt-detail';
import type { OutgoingRequest, Send } from './send';

/** One target of an attempt: what was sent there and what came of it. */
export interface TargetAnswer {
  readonly outgoing: OutgoingRequest;
  readonly result: AttemptResult;
}

/** What came of an attempt at all of its targets. */
export interface Answers {
  /** What the attempt is shown by: the first that did not accept, or else the first. Absent when no target was left. */
  readonly shown: TargetAnswer | undefined;
  readonly all: readonly TargetAnswer[];
  /** Marks of all targets that have accepted by now. */
  readonly accepted: readonly string[];
}

/**
 * Sends a request side by side to every target of a destination that has not accepted the event before.
 *
 * @param before marks of those that have
 */
export async function sendToAll(
  send: Send,
  request: OutgoingRequest,
  destination: Targeted,
  before: readonly string[] = [],
): Promise<Answers> {
  const targets = openTargets(destination, before).map((url) => ({ ...request, url }));
  const all = await Promise.all(targets.map(async (outgoing) => ({ outgoing, result: await send(outgoing) })));
  const now = all.filter(({ result }) => isSuccess(result)).map(({ outgoing }) => targetMark(outgoing.url));
  const shown = all.find(({ result }) => !isSuccess(result)) ?? all[0];
  return { shown, all, accepted: [...before, ...now] };
}

/** The targets of an attempt as they are recorded; nothing where there is but one. */
export function targetDetails(destination: Targeted, all: readonly TargetAnswer[]): TargetDetail[] | undefined {
  if (targetsOf(destination).length === 1) return undefined;
  return all.map(({ outgoing: { url }, result }) => {
    const failure = failureOf(result);
    return {
      url,
      latencyMs: result.latencyMs,
      ...(result.kind === 'response' && { statusCode: result.statusCode }),
      ...(failure && { errorCode: failure.code, errorMessage: failure.message }),
    };
  });
}

/** How many targets have accepted, as a reader of the error sees it; nothing where there is but one. */
export function acceptanceOf(destination: Targeted, accepted: readonly string[]): string {
  const targets = targetsOf(destination);
  if (targets.length === 1) return '';
  const count = targets.filter((url) => accepted.includes(targetMark(url))).length;
  return ` (accepted by ${count} of ${targets.length} targets)`;
}
