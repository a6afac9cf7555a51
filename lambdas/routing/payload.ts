import { isUtf8 } from 'node:buffer';
import type { Payload } from '../payload-schemas/validators';
import type { StoredEvent } from '../store/events/events';

/** Parses the body of an event on first use, and only once. A body that is not UTF-8 is not JSON. */
export function lazyJson(event: Pick<StoredEvent, 'body'>): () => Payload {
  let parsed: { readonly payload: Payload } | undefined;
  return () => {
    parsed ??= { payload: parse(event.body) };
    return parsed.payload;
  };
}

function parse(body: Uint8Array): Payload {
  if (!isUtf8(body)) return undefined;
  try {
    return { value: JSON.parse(Buffer.from(body).toString('utf8')) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
