import { ACCOUNT_ID, REGION } from '../template/template';

/** URL of a queue at an endpoint. */
export const queueUrl = (endpoint: string, name: string): string => `${endpoint}/${ACCOUNT_ID}/${name}`;

export const queueArn = (name: string): string => `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${name}`;

/** The name at the end of a queue's URL. */
export const queueNameOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1);
