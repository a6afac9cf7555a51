import type { Check, Evidence, Finding } from '../evidence/evidence';
import { checkAcceptance } from './acceptance';
import { checkClaims } from './claims';
import { checkDeliveries } from './deliveries';
import { checkRequests } from './requests';
import { checkConsistency, checkQueues, checkRepairs } from './settled';
import { checkTransitions } from './transitions';

const CHECKS: readonly Check[] = [
  checkAcceptance,
  checkDeliveries,
  checkTransitions,
  checkClaims,
  checkRequests,
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
