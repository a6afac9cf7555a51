import { randomUUID } from 'node:crypto';
import { type Answer, jsonAnswer, type Service } from '../calls/call';

/** What a service answers to a call that the caller's policies do not allow. */
export function accessDenied(service: Service, { message }: Error): Answer {
  const headers = { 'x-amzn-requestid': randomUUID() };
  const type = 'com.amazon.coral.service#AccessDeniedException';
  switch (service) {
    case 'dynamodb':
    case 'dynamodb-streams':
      return jsonAnswer(400, { __type: type, Message: message }, headers);
    case 'sqs':
      // The name that SDKs give the error is the one of the older query protocol.
      return jsonAnswer(403, { __type: type, message }, { ...headers, 'x-amzn-query-error': 'AccessDenied;Sender' });
    case 'scheduler':
      return jsonAnswer(403, { Message: message }, { ...headers, 'x-amzn-errortype': 'AccessDeniedException' });
  }
}
