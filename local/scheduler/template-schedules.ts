import * as z from 'zod';
import { LocalStackError } from '../errors';
import type { Deployment } from '../template/deployment';
import { ignored, numeric, tags } from '../template/property-schemas';
import { ACCOUNT_ID, REGION } from '../template/template';
import { parseExpression } from './expression';
import type { ScheduleStore } from './schedule-store';
import { isKnownTarget } from './targets';

const groupProperties = z.strictObject({ Name: z.string().optional(), ...tags });

const scheduleProperties = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  FlexibleTimeWindow: z.strictObject({ Mode: z.enum(['OFF', 'FLEXIBLE']), MaximumWindowInMinutes: numeric.optional() }),
  GroupName: z.string().default('default'),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.literal('UTC').default('UTC'),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Target: z.strictObject({
    Arn: z.string(),
    RoleArn: z.string(),
    Input: z.string().optional(),
    DeadLetterConfig: ignored,
    RetryPolicy: ignored,
  }),
  KmsKeyArn: ignored,
});

/** Registers the template's schedule groups. */
export function deployScheduleGroups(deployment: Deployment, store: ScheduleStore): void {
  for (const { logicalId, name } of deployment.resources('AWS::Scheduler::ScheduleGroup', groupProperties)) {
    const Arn = `arn:aws:scheduler:${REGION}:${ACCOUNT_ID}:schedule-group/${name}`;
    deployment.register(logicalId, { ref: name, attributes: { Arn } });
    store.addGroup(name);
  }
}

/**
 * Creates the template's own schedules.
 *
 * @throws LocalStackError for an expression or a target that is not emulated
 */
export function deploySchedules(deployment: Deployment, store: ScheduleStore): void {
  for (const { logicalId, name, properties } of deployment.resources('AWS::Scheduler::Schedule', scheduleProperties)) {
    const { ScheduleExpression, Target, Description, FlexibleTimeWindow } = properties;
    if (parseExpression(ScheduleExpression) === undefined)
      throw new LocalStackError(`The local stack cannot run ${logicalId}: it does not emulate ${ScheduleExpression}.`);
    if (!isKnownTarget(Target.Arn))
      throw new LocalStackError(`The local stack cannot run ${logicalId}: it cannot start the target ${Target.Arn}.`);
    store.replace(name, {
      ...properties,
      ActionAfterCompletion: 'NONE',
      Description,
      FlexibleTimeWindow: { Mode: FlexibleTimeWindow.Mode, MaximumWindowInMinutes: undefined },
      ClientToken: undefined,
      Target: { Arn: Target.Arn, RoleArn: Target.RoleArn, Input: Target.Input },
    });
  }
}
