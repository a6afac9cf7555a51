import { Stack } from 'aws-cdk-lib';
import { type PrincipalBase, PrincipalWithConditions, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * EventBridge Scheduler, acting for schedules of one group in this account only: without the conditions another
 * account's schedule could borrow the role.
 *
 * @param groupName the schedule group; AWS matches the group's ARN here, not the schedule's
 */
export function schedulerPrincipal(scope: Construct, groupName: string): PrincipalBase {
  const stack = Stack.of(scope);
  const group = stack.formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: groupName });
  return new PrincipalWithConditions(new ServicePrincipal('scheduler.amazonaws.com'), {
    StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': group },
  });
}
