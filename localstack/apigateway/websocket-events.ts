import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** A connection as its events show it. */
export interface Connected {
  readonly connectionId: string
  /** Milliseconds since 1970. */
  readonly connectedAt: number
  readonly sourceIp: string
  readonly userAgent: string
  readonly domainName: string
  /** What the authorizer has given, as text: every event of the connection has it. */
  readonly authorizer: Readonly<Record<string, string>> | undefined
}

/** What the events of an API have in common. */
export interface OfApi {
  readonly id: string
  readonly stage: string
  readonly now: number
}

type Kind = 'CONNECT' | 'MESSAGE' | 'DISCONNECT'

/** An id as API Gateway makes them: 11 bytes, with the sign that base64 ends in. */
export const newId = (): string => `${randomBytes(11).toString('base64url')}=`

function contextOf(connected: Connected, { id, stage, now }: OfApi, routeKey: string, eventType: Kind) {
  const { connectionId, connectedAt, sourceIp, userAgent, domainName, authorizer } = connected
  const requestId = newId()
  return {
    routeKey,
    ...(authorizer && { authorizer }),
    eventType,
    extendedRequestId: requestId,
    requestTime: logTime(now),
    messageDirection: 'IN',
    stage,
    connectedAt,
    requestTimeEpoch: now,
    identity: { ...(userAgent !== '' && { userAgent }), sourceIp },
    requestId,
    domainName,
    connectionId,
    apiId: id,
  }
}

/** What a request brings along: names as they were sent. */
function sentWith(request: IncomingMessage, search: string) {
  const headers = new Map<string, string[]>()
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    const [name = '', value = ''] = [request.rawHeaders[at], request.rawHeaders[at + 1]]
    headers.set(name, [...(headers.get(name) ?? []), value])
  }
  const pairs = [...new URLSearchParams(search)]
  return {
    headers: Object.fromEntries(Array.from(headers, ([name, values]) => [name, values.at(-1) ?? ''])),
    multiValueHeaders: Object.fromEntries(headers),
    ...(pairs.length > 0 && {
      queryStringParameters: Object.fromEntries(pairs),
      multiValueQueryStringParameters: Object.fromEntries(
        pairs.map(([name]) => [name, pairs.filter(([other]) => other === name).map(([, value]) => value)]),
      ),
    }),
  }
}

/** What a `REQUEST` authorizer gets. */
export const authorizerEvent = (
  connected: Connected,
  api: OfApi,
  request: IncomingMessage,
  search: string,
  methodArn: string,
) => ({
  type: 'REQUEST',
  methodArn,
  ...sentWith(request, search),
  stageVariables: {},
  requestContext: contextOf(connected, api, '$connect', 'CONNECT'),
})

export const connectEvent = (connected: Connected, api: OfApi, request: IncomingMessage, search: string) => ({
  ...sentWith(request, search),
  requestContext: contextOf(connected, api, '$connect', 'CONNECT'),
  isBase64Encoded: false,
})

export function messageEvent(connected: Connected, api: OfApi, routeKey: string, data: Buffer, isBinary: boolean) {
  const context = contextOf(connected, api, routeKey, 'MESSAGE')
  return {
    requestContext: { ...context, messageId: newId() },
    body: data.toString(isBinary ? 'base64' : 'utf8'),
    isBase64Encoded: isBinary,
  }
}

export const disconnectEvent = (connected: Connected, api: OfApi, code: number, reason: string) => ({
  headers: { Host: connected.domainName, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' },
  multiValueHeaders: {
    Host: [connected.domainName],
    'x-api-key': [''],
    'X-Forwarded-For': [''],
    'x-restapi': [''],
  },
  requestContext: {
    ...contextOf(connected, api, '$disconnect', 'DISCONNECT'),
    disconnectStatusCode: code,
    disconnectReason: reason,
  },
  isBase64Encoded: false,
})

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** As access logs have it: `09/Feb/2024:18:23:28 +0000`. */
function logTime(now: number): string {
  const [date = '', time = ''] = new Date(now).toISOString().split('T')
  const [year = '', month = '', day = ''] = date.split('-')
  return `${day}/${months[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`
}
