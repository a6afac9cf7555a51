import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  type RecursiveLoop,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName } from '../lambdas/runtime/environment';
import { acknowledge } from './acknowledge';
import { bundleOf } from './bundles';
import { metricNamespace } from './monitoring/metrics';

export interface ServiceFunctionProps {
  readonly name: FunctionName;
  readonly description: string;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  /** What happens after a failed invocation, in a sentence: no function has a dead-letter queue of its own. */
  readonly afterFailure: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Everything that the function may call, apart from writing to its own log group. */
  readonly access: readonly PolicyStatement[];
  readonly logRetention: RetentionDays;
  readonly recursiveLoop?: RecursiveLoop;
  /** Executions that are set aside for this function, and also the most that it may use. */
  readonly reservedConcurrency?: number | undefined;
  /** Whether X-Ray traces invocations. */
  readonly tracing: boolean;
}

const UNTRACED = 'Every unit of work has its log line; traces would add a fee to each delivery.';
const TRACED = 'X-Ray has no resources that a policy could name.';

/** One function with its own role and its own log group; nothing is shared with another function. */
export class ServiceFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // The managed basic execution role may write to every log group of the account.
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    for (const statement of props.access) this.role.addToPolicy(statement);
    this.function = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(bundleOf(props.name)),
      memorySize: props.memoryMegabytes,
      timeout: Duration.seconds(props.timeoutSeconds),
      role: this.role,
      logGroup,
      // Lambda's own three lines about every invocation would be a third of what is logged for a delivery. Only those
      // about failures and timeouts are kept; durations are in each function's metrics.
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      environment: environmentOf(props, Stack.of(this).stackName),
      ...(props.recursiveLoop && { recursiveLoop: props.recursiveLoop }),
      ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
      ...(props.tracing && { tracing: Tracing.ACTIVE }),
    });
    acknowledge(this.function, 'Serverless-LambdaDLQ', props.afterFailure);
    if (props.tracing) acknowledge(this.role, 'AwsSolutions-IAM5[Resource::*]', TRACED);
    else acknowledge(this.function, 'Serverless-LambdaTracing', UNTRACED);
  }
}

function environmentOf(props: ServiceFunctionProps, stackName: string): Record<string, string> {
  return {
    ...props.environment,
    POWERTOOLS_SERVICE_NAME: props.name,
    POWERTOOLS_LOG_LEVEL: 'INFO',
    POWERTOOLS_METRICS_NAMESPACE: metricNamespace(stackName),
  };
}
