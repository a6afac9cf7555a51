import type { Check, Evidence, Finding } from '../evidence/evidence';
import { checkAcceptance } from './acceptance';
import { checkClaims } from './claims';
import { checkDeliveries } from './deliveries';
import { checkEventStatuses } from './event-statuses';
import { checkMirrors } from './mirrors';
import { checkRateLimits } from './rate-limits';
import { checkRecoveries } from './recoveries';
import { checkRepairs } from './repairs';
import { checkRequests } from './requests';
import { checkSchemas } from './schemas';
import { checkConsistency, checkQueues } from './settled';
import { checkTransitions } from './transitions';

const CHECKS: readonly Check[] = [
  checkAcceptance,
  checkDeliveries,
  checkTransitions,
  checkClaims,
  checkRequests,
  checkMirrors,
  checkSchemas,
  checkRateLimits,
  checkRecoveries,
  checkEventStatuses,
  checkQueues,
  checkConsistency,
  checkRepairs,
];

/** Holds everything that is known about a run against everything that is promised. */
export function judge(evidence: Evidence): Required<Finding> {
  const findings = CHECKS.map((check) => check(evidence));
  return {
    violations: findings.flatMap(({ violations }) => violations),
    facts: findings.flatMap(({ facts = [] }) => facts),
  };
}
