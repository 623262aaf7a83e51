import * as z from 'zod'
import type { RestOperation, ServiceApi, TextAnswer } from '../endpoint/aws-endpoint.ts'
import { AwsError } from '../endpoint/aws-error.ts'
import type { Call } from '../endpoint/call.ts'
import type { WebSocketApi } from './websocket-api.ts'

const operations = new Map([
  ['POST', 'PostToConnection'],
  ['GET', 'GetConnection'],
  ['DELETE', 'DeleteConnection'],
])

/** With or without the stage before it, as the endpoint of the client has one or not. */
function route(method: string, path: string): RestOperation | undefined {
  const [, ConnectionId] = /^(?:\/[^/@]+)?\/@connections\/([^/]+)$/.exec(path) ?? []
  const operation = operations.get(method)
  if (ConnectionId === undefined || operation === undefined) return undefined
  return { operation, parameters: { ConnectionId: decodeURIComponent(ConnectionId) } }
}

const Asked = z.object({ ConnectionId: z.string(), Body: z.instanceof(Buffer).default(Buffer.alloc(0)) })

/** The management API of a WebSocket API: what functions send to connections, and how they end them. */
export function connectionsApi(api: WebSocketApi): ServiceApi {
  const asked = (call: Call, method: string) => {
    const { ConnectionId, Body } = Asked.parse(call.input)
    const { arn, stage } = api.settings
    call.authorize('execute-api:ManageConnections', `${arn}/${stage}/${method}/@connections/${ConnectionId}`)
    return { ConnectionId, Body }
  }
  return {
    name: 'apigatewaymanagementapi',
    contentType: 'application/json',
    route,
    text: {
      answer: (output) => output as TextAnswer,
      refusal: ({ code, message }: AwsError) => JSON.stringify({ __type: code, message }),
    },
    operations: {
      PostToConnection: (call) => {
        const { ConnectionId, Body } = asked(call, 'POST')
        api.post(ConnectionId, Body)
        return { body: '' } satisfies TextAnswer
      },
      GetConnection: (call) => {
        const { ConnectionId } = asked(call, 'GET')
        return { body: JSON.stringify(api.get(ConnectionId)) } satisfies TextAnswer
      },
      DeleteConnection: (call) => {
        const { ConnectionId } = asked(call, 'DELETE')
        api.delete(ConnectionId)
        return { body: '', status: 204 } satisfies TextAnswer
      },
    },
  }
}
