import * as z from 'zod'
import { type Identity, type Naming, idOf, inert, resourceType, text } from '../template/resource-type.ts'

export const apiGatewayTypes = {
  'AWS::ApiGatewayV2::Api': resourceType(
    z.strictObject({
      Name: z.string(),
      ProtocolType: z.enum(['HTTP', 'WEBSOCKET'], 'only HTTP and WebSocket APIs'),
      /** Of WebSocket APIs: the name of a field of the message. */
      RouteSelectionExpression: z.literal('$request.body.action').optional(),
      CorsConfiguration: z
        .strictObject({
          AllowCredentials: z.boolean().default(false),
          AllowHeaders: z.array(z.string()).default([]),
          AllowMethods: z.array(z.string()).default([]),
          AllowOrigins: z.array(z.string()).default([]),
          ExposeHeaders: z.array(z.string()).default([]),
          MaxAge: z.int().optional(),
        })
        .optional(),
      Description: inert,
      IpAddressType: inert,
      Tags: inert,
    }),
    (naming) => {
      const id = idOf(naming, 10)
      const { region, api } = naming.place
      const isWebSocket = naming.property('ProtocolType') === 'WEBSOCKET'
      const far = `${isWebSocket ? 'wss' : 'https'}://${id}.execute-api.${region}.amazonaws.com`
      const endpoint = (isWebSocket ? api?.replace(/^http/, 'ws') : api) ?? far
      return {
        name: id,
        arn: `arn:aws:apigateway:${region}::/apis/${id}`,
        ref: id,
        attributes: { ApiEndpoint: endpoint, ApiId: id },
      }
    },
  ),
  'AWS::ApiGatewayV2::Stage': resourceType(
    z.strictObject({
      ApiId: z.string(),
      StageName: z.string(),
      AutoDeploy: z.literal(true),
      AccessLogSettings: inert,
      DefaultRouteSettings: inert,
      Description: inert,
      Tags: inert,
    }),
    (naming) => {
      const name = text(naming.property('StageName')) ?? '$default'
      return { name, arn: naming.logicalId, ref: name, attributes: {} }
    },
  ),
  'AWS::ApiGatewayV2::Authorizer': resourceType(
    z.discriminatedUnion('AuthorizerType', [
      z.strictObject({
        ApiId: z.string(),
        AuthorizerType: z.literal('JWT'),
        IdentitySource: z.tuple([z.literal('$request.header.Authorization')]),
        JwtConfiguration: z.strictObject({ Audience: z.array(z.string()), Issuer: z.string() }),
        Name: z.string(),
      }),
      z.strictObject({
        ApiId: z.string(),
        AuthorizerType: z.literal('REQUEST'),
        AuthorizerUri: z.string(),
        Name: z.string(),
      }),
    ]),
    byId,
  ),
  'AWS::ApiGatewayV2::Integration': resourceType(
    z.strictObject({
      ApiId: z.string(),
      IntegrationType: z.literal('AWS_PROXY'),
      IntegrationUri: z.string(),
      PayloadFormatVersion: z.literal('2.0').optional(),
      TimeoutInMillis: z.int().max(30_000).optional(),
      Description: inert,
    }),
    byId,
  ),
  'AWS::ApiGatewayV2::Route': resourceType(
    z.strictObject({
      ApiId: z.string(),
      RouteKey: z.string(),
      Target: z.string(),
      AuthorizationType: z.enum(['NONE', 'JWT', 'CUSTOM']).default('NONE'),
      AuthorizerId: z.string().optional(),
      AuthorizationScopes: z.array(z.string()).default([]),
    }),
    byId,
  ),
} as const

function byId(naming: Naming): Identity {
  const id = idOf(naming, 7)
  return { name: id, arn: id, ref: id, attributes: { Id: id, AuthorizerId: id, IntegrationId: id, RouteId: id } }
}
