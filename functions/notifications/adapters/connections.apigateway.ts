import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi'
import { clientSettings } from '../../runtime/aws.ts'
import { env, required } from '../../runtime/env.ts'
import { type Connections, isGone, textOfFrame } from './connections.ts'

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
  return {
    async send(ConnectionId, frame) {
      try {
        await client.send(new PostToConnectionCommand({ ConnectionId, Data: Buffer.from(textOfFrame(frame)) }))
        return 'sent'
      } catch (error) {
        if (isGone(error)) return 'gone'
        if ((error as Error).name === 'TimeoutError') return 'late'
        throw error
      }
    },
    async end(ConnectionId) {
      try {
        await client.send(new DeleteConnectionCommand({ ConnectionId }))
      } catch (error) {
        if (!isGone(error)) throw error
      }
    },
  }
}
