import { z } from 'zod';
import type { Interceptor } from '../../local/calls/call';
import { queueRequests } from './billed';

const message = z.object({ MessageBody: z.string() });
const sends = z.object({ MessageBody: z.string().optional(), Entries: z.array(message.partial()).optional() });

/** Counts the requests that SQS bills, and the schedules that turn into one. */
export class QueueCounter {
  private counted = 0;
  private scheduled = 0;

  /** Give this to the stack. */
  readonly intercept: Interceptor = async (call, forward) => {
    if (call.caller.kind === 'function') {
      if (call.service === 'sqs') this.counted += queueRequests(payloadOf(call.parameters));
      if (call.operation === 'CreateSchedule') this.scheduled += 1;
    }
    return forward(call);
  };

  /**
   * Lambda's poller is not a caller here. It bills one receive and one delete a batch.
   *
   * @param bytes of the bodies in the batch
   */
  polled(bytes: number): void {
    this.counted += queueRequests(bytes) + 1;
  }

  /** Requests, with the one that each schedule makes when it is due. */
  get requests(): number {
    return this.counted + this.scheduled;
  }

  get schedules(): number {
    return this.scheduled;
  }

  reset(): void {
    this.counted = 0;
    this.scheduled = 0;
  }
}

function payloadOf(parameters: unknown): number {
  const { MessageBody, Entries = [] } = sends.parse(parameters);
  const bodies = [MessageBody, ...Entries.map((entry) => entry.MessageBody)];
  return bodies.reduce((sum, body = '') => sum + Buffer.byteLength(body), 0);
}
