import { z } from 'zod';
import type { FunctionFacts } from './facts';

const KB = 1024;

/** AWS meters a payload in steps, and an empty one as one step. */
const steps = (bytes: number, step: number): number => Math.max(1, Math.ceil(bytes / step));

/** Requests that SQS bills for one call with a payload of so many bytes. */
export const queueRequests = (bytes: number): number => steps(bytes, 64 * KB);

/** Calls that an HTTP API bills for one call with a payload of so many bytes. */
export const apiCalls = (bytes: number): number => steps(bytes, 512 * KB);

/** CloudWatch adds so many bytes to each line. */
const BYTES_A_LINE = 26;

const REQUEST_ID = '8f2b6c1e-4d0a-4b57-9a53-0c1d2e3f4a5b';

/** What Lambda itself writes about each invocation, unless the function's log configuration keeps it out. */
const PLATFORM_LINES = [
  `START RequestId: ${REQUEST_ID} Version: $LATEST\n`,
  `END RequestId: ${REQUEST_ID}\n`,
  `REPORT RequestId: ${REQUEST_ID}\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 512 MB\tMax Memory Used: 110 MB\t\n`,
];

/** Bytes that CloudWatch bills for a line. */
export const lineBytes = (line: string): number => Buffer.byteLength(line) + BYTES_A_LINE;

/** Bytes of the lines that Lambda writes for one invocation. */
export const platformBytes = ({ platformLogs }: Pick<FunctionFacts, 'platformLogs'>): number =>
  platformLogs ? PLATFORM_LINES.reduce((sum, line) => sum + lineBytes(line), 0) : 0;

/** What API Gateway writes for the variables of an access log, in what is usual for a publish. */
const USUAL_VALUES: Readonly<Record<string, string>> = {
  'context.requestId': 'JKJaXmPLvHcESHA=',
  'context.requestTime': '24/Nov/2026:10:15:30 +0000',
  'context.routeKey': 'POST /v1/events',
  'context.status': '202',
  'context.responseLength': '180',
  'context.responseLatency': '19',
  'context.integrationErrorMessage': '-',
};

/** Bytes that CloudWatch bills for a call in the access log of an API. */
export const accessLogBytes = (format: string): number =>
  lineBytes(format.replace(/\$(context\.\w+)/g, (_, name: string) => USUAL_VALUES[name] ?? '-'));

const embedded = z.object({
  _aws: z.object({
    CloudWatchMetrics: z.array(z.object({ Metrics: z.array(z.object({ Name: z.string() })) })),
  }),
});

/** The metrics that a line in the embedded format counts, by name. */
export function metricsIn(line: string): string[] {
  if (!line.includes('"_aws"')) return [];
  return embedded
    .parse(JSON.parse(line))
    ._aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
}
