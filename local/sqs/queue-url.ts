import { ACCOUNT_ID } from '../template/template';

/** URL of a queue at an endpoint. */
export const queueUrl = (endpoint: string, name: string): string => `${endpoint}/${ACCOUNT_ID}/${name}`;
