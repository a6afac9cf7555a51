import type { AttributeValue as SdkValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from 'aws-lambda';

/** An item's image in a stream record, as a function receives it. */
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
