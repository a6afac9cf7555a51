import * as z from 'zod';
import type { JsonObject } from '../calls/call';
import { ACCOUNT_ID, REGION } from '../template/template';
import type { Need } from './need';

const creation = z.object({
  GroupName: z.string().optional(),
  Target: z.object({ RoleArn: z.string().optional() }).optional(),
});

/**
 * The permissions that a call of EventBridge Scheduler needs. Creating a schedule also passes a role.
 *
 * @param path with the schedule's name, and its group in the query if there is no body
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html
 */
export function schedulerNeeds(operation: string, path: string, parameters: JsonObject): Need[] {
  const { pathname, searchParams } = new URL(path, 'http://scheduler');
  const name = decodeURIComponent(pathname.split('/')[2] ?? '');
  const { GroupName, Target } = creation.safeParse(parameters).data ?? {};
  const group = GroupName ?? searchParams.get('groupName') ?? 'default';
  const resource = name === '' ? '*' : `arn:aws:scheduler:${REGION}:${ACCOUNT_ID}:schedule/${group}/${name}`;
  return [{ action: `scheduler:${operation}`, resource }, ...passedRole(Target?.RoleArn)];
}

const passedRole = (role: string | undefined): Need[] =>
  role === undefined
    ? []
    : [{ action: 'iam:PassRole', resource: role, context: { 'iam:PassedToService': 'scheduler.amazonaws.com' } }];
