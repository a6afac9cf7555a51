import { ACCESS, type AccessTarget } from '../../../lib/access';
import type { Decision } from '../../../local/permissions/permissions';

/** The ARNs that a target of a grant stands for, by what is in them. Every pattern of a target has its own ARN. */
const ARNS: Readonly<Record<AccessTarget, readonly RegExp[]>> = {
  table: [/:table\/[^/]+$/],
  indexes: [/\/index\/timeline$/, /\/index\/by-destination$/, /\/index\/attention$/],
  attentionIndex: [/\/index\/attention$/],
  timelineIndex: [/\/index\/timeline$/],
  stream: [/:table\/[^/]+\/stream\//],
  deliveryQueue: [/:sqs:.*DeliveryQueue/],
  deadLetterQueue: [/:sqs:.*DeadLetterQueue/],
  setAsideQueue: [/:sqs:.*SetAside/],
  retrySchedules: [/:schedule\//],
  retryRole: [/:role\/.*Retries/],
};

interface Permission {
  readonly role: RegExp;
  readonly action: string;
  readonly arn: RegExp;
}

const roleOf = (name: string) => new RegExp(`Functions${name}Role`);

/** Everything that functions and schedules are granted, one action on one ARN each. */
const GRANTED: readonly Permission[] = [
  ...Object.entries(ACCESS).flatMap(([name, grants]) =>
    grants.flatMap(({ on, actions }) =>
      actions.flatMap((action) => ARNS[on].map((arn) => ({ role: roleOf(name), action, arn }))),
    ),
  ),
  { role: /RetriesRole/, action: 'sqs:SendMessage', arn: /DeliveryQueue/ },
  { role: /SweepRole/, action: 'lambda:InvokeFunction', arn: /sweep/ },
];

/** Grants that no call needed so far. */
export const unused = (decisions: readonly Decision[]): string[] =>
  GRANTED.filter(
    ({ role, action, arn }) =>
      !decisions.some((one) => role.test(one.roleArn) && one.action === action && arn.test(one.resource)),
  ).map(({ role, action, arn }) => `${role.source}: ${action} on ${arn.source}`);
