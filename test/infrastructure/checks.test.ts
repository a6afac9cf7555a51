import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnResource } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createApp } from '../../lib/app';
import type { PosthornStack } from '../../lib/posthorn-stack';

const folder = mkdtempSync(join(tmpdir(), 'posthorn-checks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const violationSchema = z.object({
  ruleName: z.string(),
  violatingConstructs: z.array(z.object({ constructPath: z.string() })),
});

const reportSchema = z.object({
  pluginReports: z.array(
    z.object({
      pluginName: z.string(),
      violations: z.array(violationSchema),
      suppressedViolations: z.array(violationSchema.extend({ reason: z.string() })).default([]),
    }),
  ),
});

/** Synthesizes with all checks and reads the report that CDK writes beside the template. */
function check(name: string, change: (stack: PosthornStack) => void = () => undefined, context = {}) {
  const { app, stack } = createApp({ context, outdir: join(folder, name) });
  change(stack);
  const failure = attempt(() => app.synth());
  const report = JSON.parse(readFileSync(join(folder, name, 'validation-report.json'), 'utf8'));
  return { failure, plugins: reportSchema.parse(report).pluginReports };
}

function attempt(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

const scheduleOf = (stack: PosthornStack) => {
  const schedule = stack.node.findChild('Sweep').node.findChild('Schedule');
  if (!CfnResource.isCfnResource(schedule)) throw new Error('the sweep schedule is not a resource');
  return schedule;
};

// Every finding that is accepted, and on how much of the stack.
const ACKNOWLEDGED = {
  'AwsSolutions-APIG4': 'Http',
  'AwsSolutions-IAM5': 'Functions/deliver',
  'AwsSolutions-SQS3': 'SetAside/Queue',
  'Serverless-LambdaAsyncFailureDestination': 'Functions/sweep',
  'Serverless-LambdaDLQ': 'Functions',
  'Serverless-LambdaEventSourceMappingDestination': 'EventSources',
  'Serverless-LambdaTracing': 'Functions',
  'Serverless-SQSRedrivePolicy': '(Queues/DeadLetterQueue|SetAside/Queue)',
};

describe('the checks of the template', () => {
  const { failure, plugins } = check('as-it-is');

  it('are those of cdk-nag, and they find nothing that is not acknowledged', () => {
    expect(plugins.map(({ pluginName }) => pluginName)).toEqual(['AwsSolutions', 'Serverless']);
    expect(plugins.flatMap(({ violations }) => violations)).toEqual([]);
    expect(failure).toBeUndefined();
  });

  it('find nothing more when the operator has a key', () => {
    const encrypted = check('encrypted', () => undefined, { customerManagedKey: true });
    expect(encrypted.plugins.flatMap(({ violations }) => violations)).toEqual([]);
    expect(encrypted.failure).toBeUndefined();
  });

  it('acknowledge few rules, each with a reason and no further than it holds', () => {
    const acknowledged = plugins.flatMap(({ suppressedViolations }) => suppressedViolations);
    for (const { reason } of acknowledged) expect(reason).toMatch(/^[A-Z].{20,}\.$/);
    const rules = acknowledged.map(({ ruleName }) => ruleName.replace(/\[.*/, ''));
    expect([...new Set(rules)].sort()).toEqual(Object.keys(ACKNOWLEDGED));
    for (const { ruleName, violatingConstructs } of acknowledged) {
      const place = new Map(Object.entries(ACKNOWLEDGED)).get(ruleName.replace(/\[.*/, ''));
      for (const { constructPath } of violatingConstructs)
        expect(constructPath).toMatch(new RegExp(`Posthorn/${place}/`));
    }
  });

  it('stop the synthesis at a property that CloudFormation does not know', () => {
    const broken = check('broken', (stack) => scheduleOf(stack).addPropertyOverride('Bogus', 1));
    expect(broken.failure).toBeInstanceOf(Error);
    const found = broken.plugins.find(({ pluginName }) => pluginName === 'CloudFormation Validate');
    expect(found?.violations.map(({ ruleName }) => ruleName)).toEqual(['F3002']);
  });

  it('stop the synthesis at a finding that nobody acknowledged', () => {
    const open = check('open', (stack) => void new Queue(stack, 'Plain'));
    expect(open.failure).toBeInstanceOf(Error);
    const rules = open.plugins.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));
    expect(rules).toContain('AwsSolutions-SQS4');
  });
});
