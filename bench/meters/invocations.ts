import { z } from 'zod';
import type { HandledEvent } from '../../local/lambda/function-host';
import { apiCalls } from './billed';

/** An event that a function handled, by what started it. */
export type Trigger =
  | { readonly kind: 'http'; readonly apiCalls: number }
  | {
      readonly kind: 'queue';
      readonly messages: number;
      /** Messages that were not received before: a dying message comes again, and nothing is sent for it. */
      readonly fresh: number;
      readonly bytes: number;
    }
  | { readonly kind: 'stream'; readonly records: number }
  | { readonly kind: 'schedule' };

export interface Invocation {
  readonly logicalId: string;
  readonly trigger: Trigger;
  /** Milliseconds. */
  readonly durationMs: number;
  readonly cpuMs: number;
}

const http = z.object({ requestContext: z.object({ http: z.unknown() }), body: z.string().optional() });
const record = z.object({
  eventSource: z.string(),
  body: z.string().optional(),
  attributes: z.object({ ApproximateReceiveCount: z.string() }).optional(),
});
const batch = z.object({ Records: z.array(record).min(1) });

/** Reads what the local stack reports. */
export function readInvocation({ logicalId, event, durationMs, cpuMs }: HandledEvent): Invocation {
  return { logicalId, trigger: triggerOf(JSON.parse(event)), durationMs, cpuMs };
}

function triggerOf(event: unknown): Trigger {
  const call = http.safeParse(event);
  if (call.success) return { kind: 'http', apiCalls: apiCalls(Buffer.byteLength(call.data.body ?? '')) };
  const parsed = batch.safeParse(event);
  if (!parsed.success) return { kind: 'schedule' };
  const { Records } = parsed.data;
  if (Records[0]?.eventSource !== 'aws:sqs') return { kind: 'stream', records: Records.length };
  const bytes = Records.reduce((sum, { body = '' }) => sum + Buffer.byteLength(body), 0);
  const fresh = Records.filter(({ attributes }) => (attributes?.ApproximateReceiveCount ?? '1') === '1').length;
  return { kind: 'queue', messages: Records.length, fresh, bytes };
}
