import { accessKeyOf } from '../calls/caller';
import { REGION } from '../template/template';

/** The endpoints that the SDK in functions uses. */
export interface Endpoints {
  readonly dynamodb: string;
  readonly sqs: string;
  readonly scheduler: string;
}

/**
 * The whole environment of a function: its variables in the template and what Lambda adds, and nothing of this process.
 * The credentials name the function, and each worker adds its own session token, so that calls can be traced.
 */
export function functionEnvironment(
  { logicalId, name, memoryMb }: { readonly logicalId: string; readonly name: string; readonly memoryMb: number },
  variables: Readonly<Record<string, string>>,
  endpoints: Endpoints,
): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    TZ: 'UTC',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_ACCESS_KEY_ID: accessKeyOf(logicalId),
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_SCHEDULER: endpoints.scheduler,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...variables,
  };
}
