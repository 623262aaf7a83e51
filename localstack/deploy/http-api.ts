import type { Assembly, Resource } from './assembly.ts'
import type { ApiRoute, ApiSettings } from '../apigateway/http-api.ts'
import { routePath } from '../apigateway/route-path.ts'
import type { Iam } from '../iam/iam.ts'
import type { JwtAuthorizer } from '../apigateway/jwt-authorizer.ts'
import type { LocalFunction } from '../lambda/local-function.ts'
import type { UserPool } from '../cognito/user-pool.ts'

export interface ApiDeps {
  readonly iam: Iam
  readonly functions: ReadonlyMap<string, LocalFunction>
  readonly pools: ReadonlyMap<string, UserPool>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** The one HTTP API of the templates. Throws if there is none or more, or if a route names an integration, a function, an authorizer or an issuer that does not exist. */
export function deployApi(assembly: Assembly, deps: ApiDeps): ApiSettings {
  const apis = assembly.of('AWS::ApiGatewayV2::Api').filter(({ properties }) => properties.ProtocolType === 'HTTP')
  const [api, ...others] = apis
  if (api === undefined || others.length > 0) throw new Error('The local stack runs exactly one HTTP API.')
  const stages = assembly.of('AWS::ApiGatewayV2::Stage').filter(({ properties }) => properties.ApiId === api.ref)
  if (!stages.some(({ name }) => name === '$default')) throw new Error('The HTTP API has no stage $default.')
  const cors = api.properties.CorsConfiguration
  return {
    id: api.ref,
    account: assembly.place.account,
    routes: assembly
      .of('AWS::ApiGatewayV2::Route')
      .filter(({ properties }) => properties.ApiId === api.ref)
      .map((route) => routeOf(assembly, route, deps)),
    cors: cors && {
      credentials: cors.AllowCredentials,
      headers: cors.AllowHeaders,
      methods: cors.AllowMethods,
      origins: cors.AllowOrigins,
      exposed: cors.ExposeHeaders,
      maxAgeSeconds: cors.MaxAge,
    },
  }
}

function routeOf(assembly: Assembly, route: Resource<'AWS::ApiGatewayV2::Route'>, deps: ApiDeps): ApiRoute {
  const where = `${route.stack}/${route.logicalId}`
  const { RouteKey, Target, AuthorizationType, AuthorizerId, AuthorizationScopes } = route.properties
  const integration = assembly.of('AWS::ApiGatewayV2::Integration').find(({ ref }) => Target === `integrations/${ref}`)
  if (integration === undefined) throw new Error(`${where}: there is no integration ${Target}.`)
  const { IntegrationUri: arn, PayloadFormatVersion, TimeoutInMillis = 30_000 } = integration.properties
  if (PayloadFormatVersion === undefined)
    throw new Error(`${where}: routes of HTTP APIs take payload format 2.0 alone.`)
  if (AuthorizationType === 'CUSTOM')
    throw new Error(`${where}: the local stack has no Lambda authorizers of HTTP APIs.`)
  const fn = [...deps.functions.values()].find(({ settings }) => settings.arn === arn)
  if (fn === undefined) throw new Error(`${where}: there is no function ${arn}.`)
  const path = routePath(RouteKey)
  const { region, account } = assembly.place
  const resource = `${path.method === 'ANY' ? '*' : path.method}${RouteKey.slice(RouteKey.indexOf(' ') + 1)}`
  const sourceArn = `arn:aws:execute-api:${region}:${account}:${route.properties.ApiId}/$default/${resource}`
  return {
    path,
    authorizer: AuthorizationType === 'JWT' ? authorizerOf(assembly, AuthorizerId ?? '', where, deps) : undefined,
    scopes: AuthorizationScopes,
    timeoutMs: TimeoutInMillis,
    invoke: async (event) => {
      deps.iam.checkService({ service: 'apigateway.amazonaws.com', sourceArn }, 'lambda:InvokeFunction', arn)
      return fn.invoke(event)
    },
  }
}

function authorizerOf(assembly: Assembly, id: string, where: string, { pools, now }: ApiDeps): JwtAuthorizer {
  const authorizer = assembly.of('AWS::ApiGatewayV2::Authorizer').find(({ ref }) => ref === id)
  if (authorizer?.properties.AuthorizerType !== 'JWT') throw new Error(`${where}: there is no JWT authorizer ${id}.`)
  const { Issuer, Audience } = authorizer.properties.JwtConfiguration
  const pool = [...pools.values()].find(({ issuer }) => issuer.url === Issuer)
  if (pool === undefined) throw new Error(`${where}: the issuer ${Issuer} is not a user pool of these stacks.`)
  return { issuer: pool.issuer, audience: Audience, now }
}
