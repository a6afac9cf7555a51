import type { AttributeValue as SdkValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from 'aws-lambda';

/** An item's image in a stream record, as functions receive it. */
export type StreamImage = Readonly<Record<string, AttributeValue>>;

/**
 * Reads the plain item from an image. A function receives binary values as base64 text, where the SDK would give bytes.
 */
export function readStreamImage(image: StreamImage): Record<string, unknown> {
  return unmarshall(mapValues(image));
}

function mapValues(values: StreamImage): Record<string, SdkValue> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, decode(value)]));
}

function decode(value: AttributeValue): SdkValue {
  if (value.B !== undefined) return { B: Buffer.from(value.B, 'base64') };
  if (value.BS !== undefined) return { BS: value.BS.map((one) => Buffer.from(one, 'base64')) };
  if (value.L !== undefined) return { L: value.L.map(decode) };
  if (value.M !== undefined) return { M: mapValues(value.M) };
  return value as SdkValue;
}

/**
 * A stream record that cannot be read. Trying again would not help, and the records behind it are waiting, so it is set
 * aside. A failed call to AWS is never this.
 */
export class UnreadableRecordError extends Error {
  override readonly name = 'UnreadableRecordError';

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Runs a step that only looks at a record, so that whatever it throws is the record's fault. */
export function readable<Read>(read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    throw new UnreadableRecordError(error);
  }
}
