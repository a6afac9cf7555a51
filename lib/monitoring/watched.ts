import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { FunctionName } from '../../lambdas/runtime/environment';

/** What the alarms and the dashboard look at. */
export interface Watched {
  readonly stackName: string;
  readonly functions: Readonly<Record<FunctionName, { readonly function: IFunction }>>;
  readonly tableName: string;
  readonly indexNames: readonly string[];
  readonly deliveryQueue: IQueue;
  readonly deadLetterQueue: IQueue;
  readonly setAsideQueue: IQueue;
  readonly scheduleGroup: string;
  readonly httpApiId: string;
}
