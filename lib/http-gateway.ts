import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpIntegrationType,
  HttpMethod,
  HttpRoute,
  HttpRouteIntegration,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type HttpFunction, ROUTES } from '../lambdas/http/routes';
import { acknowledge } from './acknowledge';
import type { ServiceFunction } from './service-function';

export interface HttpGatewayProps {
  readonly functions: Readonly<Record<HttpFunction, ServiceFunction>>;
  readonly logRetention: RetentionDays;
}

// Requests a second and burst for the whole API. The functions limit single keys; this keeps a flood of unauthenticated
// calls from using up the account's Lambda concurrency.
const THROTTLE = { rateLimit: 2000, burstLimit: 2000 };

/** The HTTP API: one route for each entry of `ROUTES`, and `$default` for everything else. */
export class HttpGateway extends Construct {
  /** `https://…`, without a slash at its end. */
  readonly url: string;
  readonly apiId: string;
  private readonly api: HttpApi;

  constructor(scope: Construct, id: string, props: HttpGatewayProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', { description: 'Posthorn', createDefaultStage: false });
    this.url = this.api.apiEndpoint;
    this.apiId = this.api.apiId;
    // The stage deploys every change at once. A route that is added during such a deployment fails.
    this.addStage(props.logRetention).node.addDependency(...this.addRoutes(props.functions));
  }

  private addRoutes(functions: HttpGatewayProps['functions']): HttpRoute[] {
    const integrations = {
      ingest: this.integrate('ingest', functions.ingest),
      api: this.integrate('api', functions.api),
      manage: this.integrate('manage', functions.manage),
    };
    return [
      ...ROUTES.map((route) =>
        this.addRoute(HttpRouteKey.with(route.path, HttpMethod[route.method]), integrations[route.function]),
      ),
      // HTTP APIs have no gateway responses: an unknown path is answered in JSON only if a function answers it.
      this.addRoute(HttpRouteKey.DEFAULT, integrations.api),
    ];
  }

  private integrate(name: HttpFunction, { function: handler }: ServiceFunction): FunctionIntegration {
    handler.addPermission('HttpApi', {
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: Stack.of(this).formatArn({ service: 'execute-api', resource: this.api.apiId, resourceName: '*' }),
    });
    return new FunctionIntegration(name, handler);
  }

  private addRoute(routeKey: HttpRouteKey, integration: FunctionIntegration): HttpRoute {
    const route = new HttpRoute(this, routeKey.key, { httpApi: this.api, routeKey, integration });
    acknowledge(
      route,
      'AwsSolutions-APIG4',
      'The functions check keys themselves: three ways to present one, and scopes.',
    );
    return route;
  }

  private addStage(retention: RetentionDays): HttpStage {
    // Log groups outside of this prefix use up a policy of 5,120 characters that all APIs of an account and region share.
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
    const logGroupName = `/aws/vendedlogs/${Stack.of(this).stackName}/http-api`;
    const logs = new LogGroup(this, 'AccessLogs', { logGroupName, retention, removalPolicy: RemovalPolicy.DESTROY });
    return new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: THROTTLE,
      accessLogSettings: { destination: new LogGroupLogDestination(logs), format: accessLogFormat() },
    });
  }
}

// The route key, not the path: a source's address is all that it takes to publish to it.
function accessLogFormat(): AccessLogFormat {
  return AccessLogFormat.custom(
    JSON.stringify({
      requestId: '$context.requestId',
      time: '$context.requestTime',
      route: '$context.routeKey',
      status: '$context.status',
      responseBytes: '$context.responseLength',
      latencyMs: '$context.responseLatency',
      integrationError: '$context.integrationErrorMessage',
    }),
  );
}

/**
 * Routes of an HTTP API to a function. CDK's own `HttpLambdaIntegration` would add a permission for every route, and a
 * function's policy (20 KB) holds only about fifty, or one on `<api>/*\/*\/*`, which does not match the `$default`
 * route: its ARN is `<api>/<stage>/$default`. Permissions are therefore the caller's to add.
 */
class FunctionIntegration extends HttpRouteIntegration {
  constructor(
    id: string,
    private readonly handler: IFunction,
  ) {
    super(id);
  }

  override bind() {
    return {
      type: HttpIntegrationType.AWS_PROXY,
      uri: this.handler.functionArn,
      payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
    };
  }
}
