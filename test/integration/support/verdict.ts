import { SQSClient } from '@aws-sdk/client-sqs';
import { verify } from '../../../bin/verify/verify';
import { STACK_CREDENTIALS } from '../../../local/dynamodb/client';
import { REGION } from '../../../local/template/template';
import type { Tenant } from './tenant';
import type { World } from './world';

/** What `npm run verify:consistency` says of a stack and one of its tenants. */
export async function verdict({ table: { table }, stack }: World, tenant: Tenant) {
  const sqs = new SQSClient({ endpoint: stack.endpoints.sqs, region: REGION, credentials: STACK_CREDENTIALS });
  const deadLetters = { sqs, url: stack.outputs.DeadLetterQueueUrl ?? '' };
  const api = { url: stack.apiUrl, key: tenant.key };
  const found = await verify({ table, api, deadLetters, days: 14, patienceSeconds: 60 }, Date.now);
  sqs.destroy();
  return found;
}
