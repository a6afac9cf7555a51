import { HttpIntegrationType, HttpRouteIntegration, PayloadFormatVersion } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';

/**
 * Routes of an HTTP API to a function. CDK's own `HttpLambdaIntegration` would add a permission for every route, of
 * which a function's policy (20 KB) holds about fifty, or one on `<api>/*\/*\/*`, which does not match the `$default`
 * route: its ARN is `<api>/<stage>/$default`. Permissions are therefore the caller's to add.
 */
export class FunctionIntegration extends HttpRouteIntegration {
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
