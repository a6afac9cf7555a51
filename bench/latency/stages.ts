import { z } from 'zod';
import type { Interceptor } from '../../local/calls/call';
import { preciseNow } from '../support/receiver';

/** When a delivery passed the points of its way; milliseconds since the epoch. */
export interface Passage {
  published?: number;
  accepted?: number;
  enqueued?: number;
  claimed?: number;
  received?: number;
}

/** The stages between two points, in order. */
export const STAGES = [
  ['published', 'accepted', 'accept: the call until the event is written'],
  ['accepted', 'enqueued', 'route: stream, delivery, message'],
  ['enqueued', 'claimed', 'queue: message until claim'],
  ['claimed', 'received', 'send: claim until the receiver has it'],
] as const satisfies readonly (readonly [keyof Passage, keyof Passage, string])[];

const put = z.object({ Item: z.object({ pk: z.object({ S: z.string() }), sk: z.object({ S: z.literal('EVT') }) }) });
const update = z.object({ Key: z.object({ pk: z.object({ S: z.string() }) }), UpdateExpression: z.string() });
const send = z.object({ Entries: z.array(z.object({ MessageBody: z.string() })) });

/** Watches deliveries pass, by the calls that they consist of. */
export class PassageLog {
  private readonly passages = new Map<string, Passage>();

  /** Give this to the stack. */
  readonly intercept: Interceptor = async (call, forward) => {
    const answer = await forward(call);
    const { operation, parameters } = call;
    if (operation === 'PutItem') this.note('accepted', put.safeParse(parameters).data?.Item.pk.S);
    if (operation === 'SendMessageBatch') this.noteEnqueued(parameters);
    if (operation === 'UpdateItem') {
      const { data } = update.safeParse(parameters);
      if (data?.UpdateExpression.includes('claimUntil = :until')) this.note('claimed', data.Key.pk.S);
    }
    return answer;
  };

  /** The passage of an event, by its id or the key of its items. */
  of(event: string): Passage {
    const base = /[0-9a-f]{24}/.exec(event)?.[0] ?? event;
    const found = this.passages.get(base) ?? {};
    this.passages.set(base, found);
    return found;
  }

  private noteEnqueued(parameters: unknown): void {
    for (const { MessageBody } of send.safeParse(parameters).data?.Entries ?? []) this.note('enqueued', MessageBody);
  }

  private note(point: keyof Passage, name: string | undefined): void {
    if (name === undefined) return;
    const passage = this.of(name);
    passage[point] ??= preciseNow();
  }
}

/** Milliseconds that each passage took between two points; passages that miss one of them are left out. */
export function durations(passages: readonly Passage[], from: keyof Passage, to: keyof Passage): number[] {
  return passages.flatMap((passage) => {
    const [start, end] = [passage[from], passage[to]];
    return start === undefined || end === undefined ? [] : [end - start];
  });
}
