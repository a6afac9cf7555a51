import { z } from 'zod';
import type { Interceptor } from '../../local/calls/call';
import { queueRequests } from './billed';

const message = z.object({ MessageBody: z.string() });
const sends = z.object({ MessageBody: z.string().optional(), Entries: z.array(message.partial()).optional() });

/** Counts the requests that SQS bills, and the schedules that turn into one. */
export class QueueCounter {
  private readonly counted = new Map<string, number>();
  private scheduled = 0;

  /** Give this to the stack. */
  readonly intercept: Interceptor = async (call, forward) => {
    if (call.caller.kind === 'function') {
      if (call.service === 'sqs') this.add(call.operation, queueRequests(payloadOf(call.parameters)));
      if (call.operation === 'CreateSchedule') this.scheduled += 1;
    }
    return forward(call);
  };

  /**
   * Lambda's poller is not a caller here. It bills one receive a batch, and one delete unless none of its messages is done
   * with.
   *
   * @param bytes of the bodies in the batch
   */
  polled(bytes: number, deletes: boolean): void {
    this.add('Lambda receives', queueRequests(bytes));
    if (deletes) this.add('Lambda deletes', 1);
  }

  /** Requests by operation, with the one that each schedule makes when it is due. */
  get requests(): Readonly<Record<string, number>> {
    const schedules = this.scheduled > 0 ? { 'Scheduler sends': this.scheduled } : {};
    return { ...Object.fromEntries(this.counted), ...schedules };
  }

  get schedules(): number {
    return this.scheduled;
  }

  reset(): void {
    this.counted.clear();
    this.scheduled = 0;
  }

  private add(what: string, requests: number): void {
    this.counted.set(what, (this.counted.get(what) ?? 0) + requests);
  }
}

function payloadOf(parameters: unknown): number {
  const { MessageBody, Entries = [] } = sends.parse(parameters);
  const bodies = [MessageBody, ...Entries.map((entry) => entry.MessageBody)];
  return bodies.reduce((sum, body = '') => sum + Buffer.byteLength(body), 0);
}
