import { CfnApi, CfnAuthorizer, CfnIntegration, CfnRoute } from 'aws-cdk-lib/aws-apigatewayv2'
import { CfnPermission } from 'aws-cdk-lib/aws-lambda'
import { Aws, CfnOutput, Stack, Validations } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { env } from '../../functions/runtime/env.ts'
import { addApiStage } from './api-stage.ts'
import type { ServiceFunction } from './service-function.ts'
import type { Setting } from './setting.ts'

/** The stage of the API, and the path of its URL. */
const stageName = 'live'

/** The WebSocket API: one function authorizes connections and gets what comes over them. */
export class LiveApi extends Construct {
  /** Where clients connect. */
  readonly url: string
  private readonly api: CfnApi

  constructor(scope: Construct, id: string, setting: Setting, fn: ServiceFunction) {
    super(scope, id)
    this.api = new CfnApi(this, 'Api', {
      name: `Holdfast ${setting.stage.name} live`,
      protocolType: 'WEBSOCKET',
      routeSelectionExpression: '$request.body.action',
    })
    this.url = `${this.api.attrApiEndpoint}/${stageName}`
    const uri = `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}:lambda:path/2015-03-31/functions/${fn.lambda.functionArn}/invocations`
    const authorizer = new CfnAuthorizer(this, 'Authorizer', {
      apiId: this.api.ref,
      authorizerType: 'REQUEST',
      // Without an identity source: the token comes in a header or as a ticket in the query, and a source that is missing is refused unasked.
      authorizerUri: uri,
      name: 'connections',
    })
    const integration = new CfnIntegration(this, 'Integration', {
      apiId: this.api.ref,
      integrationType: 'AWS_PROXY',
      integrationUri: uri,
    })
    this.route('Connect', '$connect', integration, authorizer)
    this.route('Disconnect', '$disconnect', integration)
    this.route('Default', '$default', integration)
    this.permit('Invoke', fn, `${stageName}/*`)
    this.permit('Authorize', fn, `authorizers/${authorizer.ref}`)
    const stage = addApiStage(this, { apiId: this.api.ref, stageName, stage: setting.stage })
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
    const reason =
      'API Gateway writes the access log of a WebSocket API with a role that is set for the whole account. The function logs who is admitted or refused, and what fails, by request and connection.'
    Validations.of(stage).acknowledge(
      { id: 'AwsSolutions-APIG1', reason },
      { id: 'Serverless-APIGWAccessLogging', reason },
    )
    new CfnOutput(Stack.of(this), 'LiveUrl', { value: this.url })
  }

  /** Lets a function send to connections, and end them. */
  letPost(fn: ServiceFunction): void {
    const resourceName = `${stageName}/*/@connections/*`
    const connections = Stack.of(this).formatArn({ service: 'execute-api', resource: this.api.ref, resourceName })
    const endpoint = `https://${this.api.ref}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}/${stageName}`
    fn.bind({ [env.connections]: endpoint }, { actions: ['execute-api:ManageConnections'], on: [connections] })
    const apiId = Stack.of(this).getLogicalId(this.api)
    Validations.of(fn).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<${apiId}>/${resourceName}]`,
      reason: 'Connections come and go: their ids are known when they are there.',
    })
  }

  private route(id: string, routeKey: string, integration: CfnIntegration, authorizer?: CfnAuthorizer): void {
    const route = new CfnRoute(this, id, {
      apiId: this.api.ref,
      routeKey,
      target: `integrations/${integration.ref}`,
      ...(authorizer ? { authorizationType: 'CUSTOM', authorizerId: authorizer.ref } : { authorizationType: 'NONE' }),
    })
    if (!authorizer)
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason:
          'Only $connect of a WebSocket API can be authorized; the function checks who is behind a connection at each message.',
      })
  }

  private permit(id: string, fn: ServiceFunction, resourceName: string): void {
    new CfnPermission(this, id, {
      action: 'lambda:InvokeFunction',
      functionName: fn.lambda.functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: Stack.of(this).formatArn({ service: 'execute-api', resource: this.api.ref, resourceName }),
    })
  }
}
