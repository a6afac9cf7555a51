import type { AttributeValue, _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';
import { REGION } from '../template/template';

type LambdaValue = NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['Keys']>[string];

/**
 * A stream record as a function gets it: the binary values are base64 texts, the time is in epoch seconds.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export function toStreamRecord(record: StreamRecord, eventSourceARN: string): DynamoDBRecord {
  const { Keys, NewImage, OldImage, ApproximateCreationDateTime: time, ...rest } = record.dynamodb ?? {};
  return JSON.parse(
    JSON.stringify({
      eventID: record.eventID,
      eventName: record.eventName,
      eventVersion: record.eventVersion ?? '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: REGION,
      userIdentity: record.userIdentity && {
        type: record.userIdentity.Type,
        principalId: record.userIdentity.PrincipalId,
      },
      dynamodb: {
        ApproximateCreationDateTime: time && Math.floor(time.getTime() / 1000),
        Keys: image(Keys),
        NewImage: image(NewImage),
        OldImage: image(OldImage),
        ...rest,
      },
      eventSourceARN,
    }),
  );
}

const image = (values: Record<string, AttributeValue> | undefined): Record<string, LambdaValue> | undefined =>
  values && Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plain(value)]));

function plain(value: AttributeValue): LambdaValue {
  if (value.B !== undefined) return { B: base64(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(base64) };
  if (value.L !== undefined) return { L: value.L.map(plain) };
  if (value.M !== undefined) return { M: image(value.M) ?? {} };
  return value as LambdaValue;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
