import { intervalMs } from '../../lambdas/domain/rate-limit';
import { claimsOf } from '../evidence/claims';
import type { Check, Evidence, Violation } from '../evidence/evidence';
import { lastImage } from '../evidence/families';
import type { Target } from '../workload/configure';

const RULE =
  'a receiver with a rate limit has never seen more requests than turns were due, and these keep their distance';

/** Timers and times of items are whole milliseconds. */
const SLACK_MS = 10;

/**
 * Receivers with a rate limit. Turns are an interval apart, and no request comes before a turn of its own. A hold-up makes
 * requests late, and then they may come closer together: that is no broken promise. Nor is a request that is made again
 * after a claim that nothing was recorded under: it may go on the turn of the lost one.
 */
export const checkRateLimits: Check = (evidence) => {
  const limited = evidence.targets.filter(({ role }) => role.rateLimit !== undefined);
  return {
    violations: limited.flatMap((target) => [...distances(evidence, target), ...turnless(evidence, target)]),
    facts: limited.map((target) => {
      const most = mostInASecond(requestsOf(evidence, target));
      return `at most ${most} requests in a second at ${target.role.name}, whose limit is ${target.role.rateLimit}`;
    }),
  };
};

const violation = ({ role }: Target, text: string): Violation => ({ rule: RULE, text: `${role.name}: ${text}` });

const ascending = (times: readonly number[]): number[] => [...times].sort((one, other) => one - other);

const requestsOf = ({ requests }: Evidence, { role }: Target): number[] =>
  ascending(requests.filter((one) => one.role === role.name).map(({ at }) => at));

const turnsOf = ({ turns }: Evidence, { destination }: Target): number[] =>
  ascending(turns.filter((one) => one.destination === destination).map(({ at }) => at));

function distances(evidence: Evidence, target: Target): Violation[] {
  const interval = intervalMs(target.role.rateLimit ?? 0);
  const turns = turnsOf(evidence, target);
  const close = turns.filter((at, index) => at - (turns[index - 1] ?? Number.NEGATIVE_INFINITY) < interval - 1);
  return close.map((at) => violation(target, `the turn of ${iso(at)} is too close to the one before it`));
}

function turnless(evidence: Evidence, target: Target): Violation[] {
  const turns = turnsOf(evidence, target);
  const lost = lostClaims(evidence, target);
  const [early] = requestsOf(evidence, target).filter((at, index) => {
    const due = (times: readonly number[]) => times.filter((one) => one <= at + SLACK_MS).length;
    return index + 1 > due(turns) + due(lost);
  });
  return early === undefined ? [] : [violation(target, `the request of ${iso(early)} came before its turn`)];
}

const lostClaims = ({ families }: Evidence, { destination }: Target): number[] =>
  families
    .flatMap(({ deliveries }) => deliveries)
    .filter((story) => lastImage(story)?.dst === destination)
    .flatMap(claimsOf)
    .filter(({ recorded }) => !recorded)
    .map(({ from }) => from);

const mostInASecond = (times: readonly number[]): number =>
  Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length));

const iso = (at: number): string => new Date(at).toISOString();
