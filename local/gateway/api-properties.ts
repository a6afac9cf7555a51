import * as z from 'zod';
import { ignored, numeric, tags } from '../template/property-schemas';

/** What the local stack takes from `AWS::ApiGatewayV2::Api`: HTTP APIs without CORS of their own. */
export const apiProperties = z.strictObject({
  Name: z.string().optional(),
  ProtocolType: z.literal('HTTP'),
  Description: ignored,
  DisableExecuteApiEndpoint: ignored,
  IpAddressType: ignored,
  ...tags,
});

/** What the local stack takes from `AWS::ApiGatewayV2::Integration`: Lambda proxies with payload format 2.0. */
export const integrationProperties = z.strictObject({
  ApiId: z.string(),
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0'),
  TimeoutInMillis: numeric.default(30_000),
  ConnectionType: ignored,
  Description: ignored,
  IntegrationMethod: ignored,
});

/** What the local stack takes from `AWS::ApiGatewayV2::Route`: routes without an authorizer. */
export const routeProperties = z.strictObject({
  ApiId: z.string(),
  RouteKey: z.string(),
  Target: z.string(),
  AuthorizationType: z.literal('NONE').optional(),
  ApiKeyRequired: z.literal(false).optional(),
  OperationName: ignored,
});
