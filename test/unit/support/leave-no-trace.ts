import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll } from 'vitest';

// Unit test files share a process, because loading the SDK anew for each takes longer than its tests. So what a file
// changes for the whole process ends with the file: mocked clients and the environment.

const environment = { ...process.env };

afterAll(() => {
  for (const { prototype } of [DynamoDBDocumentClient, SQSClient, SchedulerClient])
    if ('restore' in prototype.send && typeof prototype.send.restore === 'function') prototype.send.restore();
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
});
