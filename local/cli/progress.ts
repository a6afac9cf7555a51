import type { ReadyInfo } from './ready-files';

/** Prints a line with the seconds since the command began. */
export function progressPrinter(startedAt = Date.now()): (line: string) => void {
  return (line) => {
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1).padStart(6);
    console.log(`${seconds}s  ${line}`);
  };
}

/** What a user needs to start: address, key, endpoints and a first command. */
export const welcome = ({ apiUrl, apiKey, endpoints, outputs }: ReadyInfo): string => `
  API        ${apiUrl}
  Key        ${apiKey}
  DynamoDB   ${endpoints.dynamodb}   table ${outputs.TableName}
  SQS        ${endpoints.sqs}   queue ${outputs.DeliveryQueueUrl}
  Scheduler  ${endpoints.scheduler}

  Try        curl -s -H 'X-API-Key: ${apiKey}' ${apiUrl}/api/deliveries

  Ctrl-C stops everything.
`;
