import { Stack, Validations } from 'aws-cdk-lib/core'
import { CfnIntegration, CfnRoute } from 'aws-cdk-lib/aws-apigatewayv2'
import { CfnPermission } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { type RouteContract, type Routes, routeKeyOf, routeKeysOf } from '../../schemas/contract.ts'
import type { ServiceFunction } from './service-function.ts'

/** The HTTP API as its routes need it. */
export interface HttpApi {
  /** Without a slash at its end. */
  readonly url: string
  readonly apiId: string
}

/** Sends the routes of a contract to a function, which checks tokens itself: keys of machines are none of the pool's. */
export class HttpRoutes extends Construct {
  constructor(scope: Construct, id: string, { apiId }: HttpApi, routes: Routes, fn: ServiceFunction) {
    super(scope, id)
    const integration = new CfnIntegration(this, 'Integration', {
      apiId,
      integrationType: 'AWS_PROXY',
      integrationUri: fn.lambda.functionArn,
      payloadFormatVersion: '2.0',
    })
    new CfnPermission(this, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: fn.lambda.functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: Stack.of(this).formatArn({ service: 'execute-api', resource: apiId, resourceName: '*/*' }),
    })
    for (const [name, contract] of Object.entries(routes)) {
      for (const routeKey of routeKeysOf(contract)) {
        const isHead = routeKey !== routeKeyOf(contract)
        const route = new CfnRoute(this, isHead ? `${capitalized(name)}Head` : capitalized(name), {
          apiId,
          routeKey,
          target: `integrations/${integration.ref}`,
          authorizationType: 'NONE',
        })
        acknowledge(route, contract)
      }
    }
  }
}

function acknowledge(route: CfnRoute, contract: RouteContract): void {
  Validations.of(route).acknowledge({
    id: 'AwsSolutions-APIG4',
    reason:
      contract.who === 'open'
        ? `Open to everybody by its contract: ${contract.summary}.`
        : 'The function checks tokens and scopes itself (functions/runtime/http.ts).',
  })
}

const capitalized = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)
