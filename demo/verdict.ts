import type { DeliveryWithAttempts } from './api';
import type { Published } from './publish';
import type { Received } from './receiver';
import { type Role, wants } from './roles';

/** Everything that is known in the end, from three sides: the publisher, the receivers, and Posthorn. */
export interface Evidence {
  readonly roles: readonly Role[];
  readonly published: readonly Published[];
  readonly received: readonly Received[];
  /** As the API tells it. */
  readonly deliveries: readonly DeliveryWithAttempts[];
  /** Messages in the SQS dead-letter queue. */
  readonly deadLetterDepth: number;
}

/** Something that has to be true, and what speaks against it. */
export interface Check {
  readonly claim: string;
  readonly problems: readonly string[];
}

type Claim = (evidence: Evidence) => Check;

/** Compares what was published, what arrived and what Posthorn says about it. */
export function judge(evidence: Evidence): Check[] {
  return CLAIMS.map((claim) => claim(evidence));
}

const pair = (destination: string, event: string): string => `${destination} ${event}`;
const pairOf = ({ destination, eventId }: DeliveryWithAttempts): string => pair(destination.name, eventId);
const pairOfReceived = ({ destination, event }: Received): string => pair(destination, event);

/** The deliveries that have to come of what was published, by the demo's own reckoning. */
export function expectedPairs({ roles, published }: Pick<Evidence, 'roles' | 'published'>): string[] {
  return roles.flatMap((role) =>
    published.filter(({ event }) => wants(role, event)).map(({ id }) => pair(role.name, id)),
  );
}

const everyDeliveryExists: Claim = (evidence) => {
  const expected = expectedPairs(evidence);
  const found = evidence.deliveries.map(pairOf);
  return {
    claim: `${expected.length} deliveries were to be made, and the API lists exactly those`,
    problems: [
      ...missing(expected, found).map((one) => `no delivery to ${one}`),
      ...missing(found, expected).map((one) => `an unexpected delivery to ${one}`),
      ...repeated(found).map((one) => `two deliveries to ${one}`),
    ],
  };
};

const everyDeliveryIsSettled: Claim = ({ deliveries }) => {
  const open = deliveries.filter(({ status }) => status !== 'delivered' && status !== 'failed');
  const problems = open.map(({ id, status }) => `${id} is ${status}`);
  return { claim: 'every delivery was delivered, or failed and is a dead letter', problems };
};

const everyByteArrived: Claim = ({ published, received }) => {
  const sent = new Map(published.map((one) => [one.id, one]));
  const altered = received.filter(({ event, body, contentType }) => {
    const original = sent.get(event);
    return !original?.bytes.equals(body) || original.contentType !== contentType;
  });
  const problems = altered.map((one) => `${pairOfReceived(one)} differs from what was published`);
  return { claim: 'every body that arrived is, byte for byte, what was published', problems };
};

const everySignatureIsRight: Claim = ({ received }) => {
  const wrong = received.filter(({ signatureProblem }) => signatureProblem !== undefined);
  const problems = wrong.map((one) => `${pairOfReceived(one)}: ${one.signatureProblem}`);
  return { claim: `${received.length} requests arrived, and the signature of each verifies`, problems };
};

const acceptedMeansDelivered: Claim = ({ deliveries, received }) => {
  const accepted = received.filter(isAccepted).map(pairOfReceived);
  const delivered = deliveries.filter(({ status }) => status === 'delivered').map(pairOf);
  return {
    claim: `${delivered.length} deliveries count as delivered, and their receivers accepted exactly those`,
    problems: [
      ...missing(delivered, accepted).map((one) => `${one} counts as delivered and was not accepted`),
      ...missing(accepted, delivered).map((one) => `${one} was accepted and does not count as delivered`),
    ],
  };
};

const everyRequestIsRecorded: Claim = ({ deliveries, received }) => {
  const arrived = received.map(pairOfReceived);
  const attempts = deliveries.reduce((sum, one) => sum + one.attempts.length, 0);
  const problems = deliveries.flatMap((one) => {
    const requests = arrived.filter((other) => other === pairOf(one)).length;
    return requests === one.attempts.length
      ? []
      : `${pairOf(one)}: ${one.attempts.length} attempts, ${requests} requests`;
  });
  return { claim: `${attempts} attempts are recorded, one for each request that arrived`, problems };
};

const everyFailureIsADeadLetter: Claim = ({ deliveries, deadLetterDepth }) => {
  const failed = deliveries.filter(({ status }) => status === 'failed').length;
  const problems = failed === deadLetterDepth ? [] : [`${deadLetterDepth} messages are there`];
  return { claim: `${failed} deliveries failed, and as many messages are in the SQS dead-letter queue`, problems };
};

const CLAIMS: readonly Claim[] = [
  everyDeliveryExists,
  everyDeliveryIsSettled,
  acceptedMeansDelivered,
  everyByteArrived,
  everySignatureIsRight,
  everyRequestIsRecorded,
  everyFailureIsADeadLetter,
];

export const isAccepted = ({ answer }: Received): boolean => answer !== 'no answer' && answer.status < 300;

const missing = (wanted: readonly string[], found: readonly string[]): string[] => {
  const set = new Set(found);
  return wanted.filter((one) => !set.has(one));
};

const repeated = (list: readonly string[]): string[] => list.filter((one, index) => list.indexOf(one) !== index);
