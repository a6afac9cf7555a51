import { randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import { deliveryId, parseFamilyId } from '../domain/identifiers';
import type { DeliveryMessage } from '../domain/message';
import { once } from '../runtime/once';

const wire = once(() =>
  z.object({
    delivery: z.string(),
    attempt: z.int().check(z.minimum(1), z.maximum(0xffff)),
    environment: z.string().check(z.minLength(1)),
    destination: z.string().check(z.minLength(1)),
    token: z.string().check(z.minLength(1)),
    turn: z.optional(z.object({ at: z.number(), rate: z.number().check(z.positive()), places: z.int() })),
  }),
);

/** A message body that Posthorn did not write. */
export class UnreadableMessageError extends Error {
  override readonly name = 'UnreadableMessageError';
}

/** A new token for a message that is about to be sent. */
export const newToken = (): string => randomBytes(9).toString('base64url');

/** The JSON text of a message. */
export function encodeMessage(message: DeliveryMessage): string {
  const { base, ordinal, ...rest } = message;
  return JSON.stringify({ delivery: deliveryId(base, ordinal), ...rest });
}

/**
 * Reads the JSON text of a message.
 *
 * @throws UnreadableMessageError if the text is not a message of Posthorn
 */
export function decodeMessage(body: string): DeliveryMessage {
  const parsed = wire().safeParse(parseJson(body));
  const address = parsed.success ? parseFamilyId(parsed.data.delivery, 'dlv') : undefined;
  if (!parsed.success || !address) throw new UnreadableMessageError('The message body is not a delivery message.');
  const { delivery: _, ...rest } = parsed.data;
  return { ...rest, base: address.base, ordinal: address.ordinal };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
