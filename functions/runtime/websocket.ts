import { logger, publishMetrics } from './log.ts'
import { own } from '../../schemas/own.ts'
import { isOutage } from './redelivery.ts'

/** What somebody shows who wants to connect. */
export interface Knock {
  readonly authorization: string | undefined
  readonly ticket: string | undefined
}

/** Who is let in. The gateway keeps it with the connection and hands it over with each message: no table has a token. */
export interface Admitted {
  readonly principalId: string
  readonly authorization: string
}

/** A connection, as one of its events shows it. */
export interface Connection {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly connectedAt: number
  /** What it was opened with. */
  readonly authorization: string
  readonly requestId: string
}

/** What answers the events of a WebSocket API. */
export interface WebSocketDoor {
  readonly admit: (knock: Knock) => Promise<Admitted | undefined>
  /** Whether the connection is kept. */
  readonly connected: (connection: Connection) => Promise<boolean>
  /** A message: its text, or undefined where it has none. */
  readonly received: (connection: Connection, text: string | undefined) => Promise<void>
  readonly disconnected: (connectionId: string) => Promise<void>
  /** The connection gets to know that its message could not be heeded now. */
  readonly unavailable: (connection: Connection) => Promise<void>
}

/** An event of a WebSocket API, as far as it is read: of its authorizer, or of one of its routes. */
export interface WebSocketEvent {
  readonly type?: 'REQUEST'
  readonly methodArn?: string
  readonly headers?: Readonly<Record<string, string | undefined>> | null
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null
  readonly requestContext: {
    readonly routeKey: string
    readonly connectionId: string
    readonly connectedAt: number
    readonly requestId: string
    readonly authorizer?: Readonly<Record<string, unknown>>
  }
  readonly body?: string | null
  readonly isBase64Encoded?: boolean
}

/** The Lambda handler of a WebSocket API and its authorizer. The door is made at the first call. */
export function webSocket(make: () => WebSocketDoor) {
  let door: WebSocketDoor | undefined
  return async (event: WebSocketEvent): Promise<unknown> => {
    logger.resetKeys()
    const { routeKey, requestId, connectionId } = event.requestContext
    logger.appendKeys({ route: routeKey, requestId, connectionId })
    try {
      return await dispatchMessage((door ??= make()), event)
    } catch (error) {
      logger.error('failed', { error: error as Error })
      throw error
    } finally {
      publishMetrics()
    }
  }
}

export async function dispatchMessage(door: WebSocketDoor, event: WebSocketEvent): Promise<unknown> {
  if (event.type === 'REQUEST') return judge(door, event)
  const { routeKey } = event.requestContext
  if (routeKey === '$disconnect') {
    await door.disconnected(event.requestContext.connectionId)
    return { statusCode: 200 }
  }
  const connection = connectionOf(event)
  if (routeKey === '$connect') return { statusCode: (await door.connected(connection)) ? 200 : 401 }
  try {
    await door.received(connection, event.isBase64Encoded ? undefined : (event.body ?? undefined))
  } catch (error) {
    if (!isOutage(error)) throw error
    logger.warn('not heeded', { error: error as Error })
    await door.unavailable(connection)
  }
  return { statusCode: 200 }
}

/** The answer of a `REQUEST` authorizer. A refusal is no error of the function, which would raise an alarm for a token that has run out. */
async function judge(door: WebSocketDoor, { headers, queryStringParameters, methodArn }: WebSocketEvent) {
  const admitted = await door.admit({
    authorization: header(headers, 'authorization'),
    ticket: own(queryStringParameters ?? {}, 'ticket'),
  })
  logger.info(admitted ? 'admitted' : 'refused')
  return {
    principalId: admitted?.principalId ?? 'nobody',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: admitted ? 'Allow' : 'Deny', Resource: methodArn }],
    },
    ...(admitted && { context: { authorization: admitted.authorization } }),
  }
}

/** A header by its name in small letters: the gateway hands names over as they were sent. */
function header(headers: WebSocketEvent['headers'], name: string): string | undefined {
  return Object.entries(headers ?? {}).find(([sent]) => sent.toLowerCase() === name)?.[1]
}

function connectionOf({
  requestContext: { connectionId, connectedAt, requestId, authorizer },
}: WebSocketEvent): Connection {
  const { authorization } = authorizer ?? {}
  return {
    id: connectionId,
    connectedAt,
    authorization: typeof authorization === 'string' ? authorization : '',
    requestId,
  }
}
