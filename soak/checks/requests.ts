import { eventId } from '../../lambdas/domain/identifiers';
import { type Claim, claimsOf } from '../evidence/claims';
import type { Check, Evidence, Violation } from '../evidence/evidence';
import {
  type DeliveryStory,
  type Exchange,
  type Family,
  lastImage,
  type RecordedAttempt,
  recordedAttempts,
} from '../evidence/families';
import { groupBy } from '../evidence/group';
import type { Received } from '../receivers/receivers';
import { receiversOf } from '../receivers/roles';
import type { Target } from '../workload/configure';
import { publicationsByFingerprint } from './acceptance';
import type { Rule } from './rules';

const BYTES = 'receivers see every payload byte for byte, with a signature that verifies';
const RECORDED =
  'every request that a receiver saw is a recorded attempt, or its worker ended before it could record it';
const SEEN = 'every answer that is recorded was given by a receiver, once';
const DELIVERED = 'what counts as delivered was accepted by its receiver';

/** An attempt or a claim may differ by so much from what the receiver's clock says. */
const SLACK_MS = 4_000;

/** What receivers saw against what is recorded. */
export const checkRequests: Check = (evidence) => {
  const families = new Map(evidence.families.map((family) => [eventId(family.base), family]));
  const violations = evidence.requests.flatMap((request) => altered(evidence, families.get(request.event), request));
  let repeated = 0;
  const byPair = groupBy(evidence.requests, ({ role, event }) => `${role} ${event}`);
  for (const family of evidence.families)
    for (const target of evidence.targets)
      for (const receiver of receiversOf(target.role)) {
        const requests = byPair.get(`${receiver} ${eventId(family.base)}`) ?? [];
        const result = matchPair(family, target, receiver, requests);
        repeated += result.unrecorded;
        violations.push(...result.violations);
      }
  return {
    violations,
    facts: [
      `${evidence.requests.length} requests were received, ${repeated} of them by workers that could not record them`,
    ],
  };
};

function altered(evidence: Evidence, family: Family | undefined, request: Received): Violation[] {
  const plan = family && publicationsByFingerprint(evidence).get(family.fingerprint)?.plan;
  const violation = (text: string): Violation[] => [
    { rule: BYTES, text: `${request.event} at ${request.role}: ${text}`, base: family?.base },
  ];
  if (plan === undefined) return violation('nobody published it');
  if (!plan.bytes.equals(request.body)) return violation('its bytes differ from what was published');
  if (plan.contentType !== request.contentType) return violation(`its content type is ${request.contentType}`);
  return request.signatureProblem === undefined ? [] : violation(request.signatureProblem);
}

interface Matched {
  readonly violations: Violation[];
  /** Requests that no attempt records, each explained by a claim that was lost. */
  readonly unrecorded: number;
}

/** Matches the requests for one event at one receiver with the attempts of its deliveries there. */
function matchPair(family: Family, { destination }: Target, receiver: string, requests: readonly Received[]): Matched {
  const stories = family.deliveries.filter((story) => lastImage(story)?.dst === destination);
  const attempts = stories.flatMap((story) => attemptsAt(receiver, story));
  const violation = (rule: Rule, text: string): Violation => ({
    rule,
    text: `${eventId(family.base)} at ${receiver}: ${text}`,
    base: family.base,
  });
  const violations = answered(attempts, requests).map((text) => violation(SEEN, text));
  for (const story of stories.filter((one) => lastImage(one)?.status === 'delivered'))
    if (!wasAccepted(attemptsAt(receiver, story), requests))
      violations.push(violation(DELIVERED, `${story.id} was not accepted`));
  const recorded = new Set(attempts.map(({ receipt }) => receipt));
  const open = requests.filter(({ receipt }) => !recorded.has(receipt));
  const left = withoutUnanswered(open, attempts);
  const unexplained = withoutLost(
    left,
    stories.flatMap(claimsOf).filter((claim) => !claim.recorded),
  );
  for (const { at, receipt } of unexplained)
    violations.push(violation(RECORDED, `request ${receipt} of ${new Date(at).toISOString()} is nobody's attempt`));
  return { violations, unrecorded: left.length - unexplained.length };
}

type AttemptAt = Omit<RecordedAttempt, 'exchanges'> & Exchange;

/** The attempts of a delivery that were sent to one receiver, and what came of them there. */
const attemptsAt = (receiver: string, story: DeliveryStory): AttemptAt[] =>
  recordedAttempts(story).flatMap(({ exchanges, ...attempt }) =>
    exchanges.filter((one) => one.receiver === receiver).map((exchange) => ({ ...attempt, ...exchange })),
  );

function answered(attempts: readonly AttemptAt[], requests: readonly Received[]): string[] {
  const receipts = attempts.flatMap(({ receipt }) => receipt ?? []);
  const given = new Set(requests.map(({ receipt }) => receipt));
  return [
    ...receipts.filter((receipt) => !given.has(receipt)).map((receipt) => `answer ${receipt} was never given`),
    ...receipts.filter((one, index) => receipts.indexOf(one) !== index).map((one) => `answer ${one} is recorded twice`),
  ];
}

/** Whether the receiver accepted what is recorded as accepted last: that very request, where its answer is recorded. */
function wasAccepted(attempts: readonly AttemptAt[], requests: readonly Received[]): boolean {
  const last = attempts.at(-1);
  if (last?.accepted !== true) return false;
  return requests.some(({ receipt, accepted }) => accepted && receipt === (last.receipt ?? receipt));
}

/** Takes away the requests of attempts that are recorded as having had no answer: by their times. So are those
 * of a mirror whose answer is not kept. */
function withoutUnanswered(requests: readonly Received[], attempts: readonly AttemptAt[]): Received[] {
  const silent = attempts.filter(({ receipt }) => receipt === undefined);
  return assign(requests, silent, ({ at }, { startedAt, latencyMs }) => {
    return at >= startedAt - SLACK_MS && at <= startedAt + latencyMs + SLACK_MS;
  });
}

function withoutLost(requests: readonly Received[], lost: readonly Claim[]): Received[] {
  return assign(requests, lost, ({ at }, { from, until }) => at >= from - SLACK_MS && at <= until + SLACK_MS);
}

/** Gives each request an owner of its own, in order; answers with the requests that are left without one. */
function assign<Owner>(
  requests: readonly Received[],
  owners: readonly Owner[],
  fits: (request: Received, owner: Owner) => boolean,
): Received[] {
  const free = [...owners];
  return requests.filter((request) => {
    const index = free.findIndex((owner) => fits(request, owner));
    if (index !== -1) free.splice(index, 1);
    return index === -1;
  });
}
