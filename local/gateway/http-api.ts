import * as z from 'zod';
import { LocalStackError } from '../errors';
import type { Deployment } from '../template/deployment';
import { ignored, numeric, tags } from '../template/property-schemas';
import { REGION } from '../template/template';
import { API_ID } from './event';
import { createRouter, type Router, type RouteTarget } from './routes';

/** What the local stack uses of `AWS::ApiGatewayV2::Api`: HTTP APIs without CORS. */
const apiProperties = z.strictObject({
  Name: z.string().optional(),
  ProtocolType: z.literal('HTTP'),
  Description: ignored,
  DisableExecuteApiEndpoint: ignored,
  IpAddressType: ignored,
  ...tags,
});

/** What the local stack uses of `AWS::ApiGatewayV2::Integration`: Lambda proxies with payload format 2.0. */
const integrationProperties = z.strictObject({
  ApiId: z.string(),
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0'),
  TimeoutInMillis: numeric.default(30_000),
  ConnectionType: ignored,
  Description: ignored,
  IntegrationMethod: ignored,
});

/** What the local stack uses of `AWS::ApiGatewayV2::Route`: routes without an authorizer. */
const routeProperties = z.strictObject({
  ApiId: z.string(),
  RouteKey: z.string(),
  Target: z.string(),
  AuthorizationType: z.literal('NONE').optional(),
  ApiKeyRequired: z.literal(false).optional(),
  OperationName: ignored,
});

/** Registers the API's address, so that outputs and variables contain the local one. */
export function registerApi(deployment: Deployment, url: string): void {
  const apis = deployment.names('AWS::ApiGatewayV2::Api');
  if (apis.length > 1)
    throw new LocalStackError('The template has more than one HTTP API: the local stack serves one.');
  for (const { logicalId } of apis)
    deployment.register(logicalId, { ref: API_ID, attributes: { ApiId: API_ID, ApiEndpoint: url } });
  deployment.rewrite(`https://${API_ID}.execute-api.${REGION}.amazonaws.com`, url);
}

/** The routes of the template's API. */
export function deployRoutes(deployment: Deployment): Router {
  deployment.resources('AWS::ApiGatewayV2::Api', apiProperties);
  for (const { logicalId } of deployment.names('AWS::ApiGatewayV2::Integration'))
    deployment.register(logicalId, { ref: logicalId, attributes: {} });
  const integrations = deployment.resources('AWS::ApiGatewayV2::Integration', integrationProperties);
  const targets = deployment
    .resources('AWS::ApiGatewayV2::Route', routeProperties)
    .map(({ logicalId, properties }): RouteTarget => {
      const integration = integrations.find((candidate) => properties.Target === `integrations/${candidate.logicalId}`);
      if (integration === undefined)
        throw new LocalStackError(`${logicalId} has no integration: its target is ${properties.Target}.`);
      const { IntegrationUri, TimeoutInMillis: timeoutMs } = integration.properties;
      return { routeKey: properties.RouteKey, functionName: functionArn(IntegrationUri), timeoutMs };
    });
  return createRouter(targets);
}

/** The URI is the function's ARN, or the older path form around it. */
const functionArn = (uri: string): string => /\/functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? uri;
