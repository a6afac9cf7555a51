import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../lambdas/http/routes';
import { textOf } from './policies';
import { resourcesOf, synthesize, theOnly } from './synthesized';

const template = synthesize();
const api = theOnly(template, 'AWS::ApiGatewayV2::Api');
const stage = theOnly(template, 'AWS::ApiGatewayV2::Stage').properties;

/** Name of the function behind each route key. */
function functionsByRouteKey(): Record<string, string | undefined> {
  const names = new Map(
    resourcesOf(template, 'AWS::Lambda::Function').map(({ id, path }) => [`<${id}.Arn>`, path.split('/')[2]]),
  );
  const targets = new Map(
    resourcesOf(template, 'AWS::ApiGatewayV2::Integration').map(({ id, properties }) => [
      `integrations/<${id}>`,
      names.get(textOf(properties.IntegrationUri)),
    ]),
  );
  const routes = resourcesOf(template, 'AWS::ApiGatewayV2::Route');
  return Object.fromEntries(
    routes.map(({ properties }) => [String(properties.RouteKey), targets.get(textOf(properties.Target))]),
  );
}

describe('the HTTP API', () => {
  it('has every route that the functions serve, and $default, and no other', () => {
    const expected = ROUTES.map((route) => [`${route.method} ${route.path}`, route.function]);
    expect(functionsByRouteKey()).toEqual({ ...Object.fromEntries(expected), $default: 'api' });
  });

  it('hands requests over in payload format 2.0', () => {
    for (const { properties } of resourcesOf(template, 'AWS::ApiGatewayV2::Integration')) {
      expect(properties).toMatchObject({ IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' });
    }
  });

  it('may invoke the functions that serve it on every route, $default among them, and no others', () => {
    const permissions = resourcesOf(template, 'AWS::Lambda::Permission');
    expect(permissions.map(({ path }) => path.split('/')[2]).sort()).toEqual(['api', 'ingest', 'manage']);
    for (const { properties } of permissions) {
      expect(properties.Principal).toBe('apigateway.amazonaws.com');
      // `<api>/*/*/*` would leave out $default, whose ARN is `<api>/<stage>/$default`.
      expect(textOf(properties.SourceArn)).toMatch(new RegExp(`:execute-api:.*:<${api.id}>/\\*$`));
    }
  });

  it('is deployed to the root of its address, with a limit for the whole of it', () => {
    expect(stage).toMatchObject({
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 2000, ThrottlingBurstLimit: 2000 },
    });
  });

  it('is deployed after all routes, because adding a route during a deployment can fail', () => {
    const routes = resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(({ id }) => id);
    const [{ DependsOn } = { DependsOn: [] }] = Object.values(template.findResources('AWS::ApiGatewayV2::Stage'));
    expect(DependsOn).toEqual(expect.arrayContaining(routes));
  });

  // Other log groups use up a policy of 5,120 characters that all APIs of an account and region share.
  it('writes its access log to a group that needs no policy of its own, under the name of the stack', () => {
    const groupOf = (of: typeof template) => theOnly(of, 'AWS::Logs::LogGroup', '/Http/').properties.LogGroupName;
    expect(groupOf(template)).toBe('/aws/vendedlogs/Posthorn/http-api');
    expect(groupOf(synthesize({ stackName: 'staging' }))).toBe('/aws/vendedlogs/staging/http-api');
  });

  it('logs no path, header, address or body, because they may hold keys and the addresses of sources', () => {
    const format = JSON.stringify(stage.AccessLogSettings);
    expect(format).toContain('$context.routeKey');
    for (const secret of ['$context.path', 'header', 'identity', 'querystring', 'body']) {
      expect(format).not.toContain(secret);
    }
  });
});

describe('the outputs', () => {
  it('are the six that scripts and operators read', () => {
    const outputs = Object.entries(template.findOutputs('*')).map(([key, { Value }]) => [key, textOf(Value)]);
    const queue = theOnly(template, 'AWS::SQS::Queue', '/DeliveryQueue/').id;
    const deadLetters = theOnly(template, 'AWS::SQS::Queue', '/DeadLetterQueue/').id;
    expect(Object.fromEntries(outputs)).toEqual({
      ApiUrl: `<${api.id}.ApiEndpoint>`,
      TableName: `<${theOnly(template, 'AWS::DynamoDB::Table').id}>`,
      DeliveryQueueUrl: `<${queue}>`,
      DeadLetterQueueUrl: `<${deadLetters}>`,
      SetAsideQueueUrl: `<${theOnly(template, 'AWS::SQS::Queue', '/SetAside/').id}>`,
      DeadLetterQueueArn: `<${deadLetters}.Arn>`,
    });
  });
});
