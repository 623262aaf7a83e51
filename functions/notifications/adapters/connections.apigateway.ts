import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi'
import { clientSettings } from '../../runtime/aws.ts'
import { env, required } from '../../runtime/env.ts'
import { type Connections, connectionsBehind } from './connections.ts'

/** How long a frame may take, in milliseconds: a connection that takes longer holds nobody up. */
const sendMs = 2_000

/** The connections of the stage's WebSocket API. */
export function liveConnections(): Connections {
  const client = new ApiGatewayManagementApiClient({
    ...clientSettings,
    endpoint: process.env['AWS_ENDPOINT_URL'] ?? required(env.connections),
    maxAttempts: 2,
    requestHandler: { ...clientSettings.requestHandler, requestTimeout: sendMs },
  })
  return connectionsBehind({
    post: (ConnectionId, text) => client.send(new PostToConnectionCommand({ ConnectionId, Data: Buffer.from(text) })),
    delete: (ConnectionId) => client.send(new DeleteConnectionCommand({ ConnectionId })),
  })
}
