import { z } from 'zod';
import { addressOf } from './table';

const line = z.object({
  message: z.literal('delivery attempt'),
  base: z.string(),
  ordinal: z.number(),
  attempt: z.number(),
  messageId: z.string(),
  outcome: z.object({ kind: z.string() }),
  receiveCount: z.number(),
});

/** One message that `deliver` has handled. */
export interface HandledMessage {
  readonly messageId: string;
  readonly attempt: number;
  readonly outcome: string;
  readonly receiveCount: number;
}

/** Reads what `deliver` logged about the messages of one delivery. */
export function readDeliverLog(lines: readonly string[], deliveryId: string): HandledMessage[] {
  const { base, ordinal } = addressOf(deliveryId);
  return lines
    .map((text) => line.safeParse(parseOrNothing(text)).data)
    .filter((entry) => entry !== undefined)
    .filter((entry) => entry.base === base && entry.ordinal === ordinal)
    .map(({ messageId, attempt, outcome, receiveCount }) => {
      return { messageId, attempt, outcome: outcome.kind, receiveCount };
    });
}

/** Not every line that a function writes is JSON. */
function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
