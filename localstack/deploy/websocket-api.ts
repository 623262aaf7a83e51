import { WebSocketApi } from '../apigateway/websocket-api.ts'
import type { StackClock } from '../clock/clock.ts'
import type { Iam } from '../iam/iam.ts'
import type { InvokeResult } from '../lambda/invoke.ts'
import type { LocalFunction } from '../lambda/local-function.ts'
import type { Assembly, Resource } from './assembly.ts'

export interface WebSocketDeps {
  readonly iam: Iam
  readonly functions: ReadonlyMap<string, LocalFunction>
  readonly clock: StackClock
}

/** The WebSocket API of the templates, where there is one. Throws for a second one, and for a route, an authorizer or a function that does not exist. */
export function deployWebSocketApi(assembly: Assembly, deps: WebSocketDeps): WebSocketApi | undefined {
  const apis = assembly.of('AWS::ApiGatewayV2::Api').filter(({ properties }) => properties.ProtocolType === 'WEBSOCKET')
  const [api, ...others] = apis
  if (api === undefined) return undefined
  if (others.length > 0) throw new Error('The local stack runs one WebSocket API.')
  const where = `${api.stack}/${api.logicalId}`
  if (api.properties.RouteSelectionExpression === undefined)
    throw new Error(`${where}: a WebSocket API selects its routes by an expression.`)
  const ofApi = <Each extends { readonly properties: { readonly ApiId: string } }>(all: readonly Each[]): Each[] =>
    all.filter(({ properties }) => properties.ApiId === api.ref)
  const [stage] = ofApi(assembly.of('AWS::ApiGatewayV2::Stage'))
  if (stage === undefined) throw new Error(`${where}: the WebSocket API has no stage.`)
  const { region, account } = assembly.place
  const arn = `arn:aws:execute-api:${region}:${account}:${api.ref}`
  const routes = ofApi(assembly.of('AWS::ApiGatewayV2::Route'))
  const connect = routes.find(({ properties }) => properties.RouteKey === '$connect')
  const authorized = routes.filter(({ properties }) => properties.AuthorizationType !== 'NONE')
  if (authorized.some((route) => route !== connect))
    throw new Error(`${where}: only $connect of a WebSocket API can be authorized.`)
  return new WebSocketApi(
    {
      id: api.ref,
      stage: stage.name,
      arn,
      routes: new Map(
        routes.map((route) => {
          const { RouteKey } = route.properties
          return [RouteKey, invokeOf(deps, integrationOf(assembly, route), `${arn}/${stage.name}/${RouteKey}`)]
        }),
      ),
      authorize: authorizeOf(assembly, deps, arn, connect),
    },
    deps.clock,
  )
}

function integrationOf(assembly: Assembly, { stack, logicalId, properties }: Resource<'AWS::ApiGatewayV2::Route'>) {
  const { Target } = properties
  const integration = assembly.of('AWS::ApiGatewayV2::Integration').find(({ ref }) => Target === `integrations/${ref}`)
  if (integration === undefined) throw new Error(`${stack}/${logicalId}: there is no integration ${Target}.`)
  return integration.properties.IntegrationUri
}

function authorizeOf(
  assembly: Assembly,
  deps: WebSocketDeps,
  arn: string,
  connect: Resource<'AWS::ApiGatewayV2::Route'> | undefined,
) {
  const { AuthorizationType, AuthorizerId } = connect?.properties ?? {}
  if (AuthorizationType !== 'CUSTOM') return undefined
  const authorizer = assembly.of('AWS::ApiGatewayV2::Authorizer').find(({ ref }) => ref === AuthorizerId)
  if (authorizer?.properties.AuthorizerType !== 'REQUEST')
    throw new Error(`There is no REQUEST authorizer ${AuthorizerId}.`)
  return invokeOf(deps, authorizer.properties.AuthorizerUri, `${arn}/authorizers/${authorizer.ref}`)
}

/** Invokes the function of a URI as API Gateway has it, if the function's own policy lets the API in. */
function invokeOf({ iam, functions }: WebSocketDeps, uri: string, sourceArn: string) {
  const [, arn] = /^arn:aws:apigateway:[^:]+:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/.exec(uri) ?? []
  const fn = [...functions.values()].find(({ settings }) => settings.arn === arn)
  if (arn === undefined || fn === undefined) throw new Error(`There is no function behind ${uri}.`)
  return async (event: unknown): Promise<InvokeResult> => {
    iam.checkService({ service: 'apigateway.amazonaws.com', sourceArn }, 'lambda:InvokeFunction', arn)
    return fn.invoke(event)
  }
}
