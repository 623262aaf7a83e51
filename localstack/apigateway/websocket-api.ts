import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Cancel, StackClock } from '../clock/clock.ts'
import { AwsError } from '../endpoint/aws-error.ts'
import { targetOf } from '../endpoint/request-target.ts'
import type { InvokeResult } from '../lambda/invoke.ts'
import { FrameSizes } from './frame-sizes.ts'
import { type Judged, broken, policyOf } from './websocket-policy.ts'
import {
  type Connected,
  authorizerEvent,
  connectEvent,
  disconnectEvent,
  messageEvent,
  newId,
} from './websocket-events.ts'

/** Limits of API Gateway: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
export const limits = {
  frameBytes: 32_768,
  messageBytes: 131_072,
  idleMs: 600_000,
  connectionMs: 7_200_000,
} as const

type Invoke = (event: unknown) => Promise<InvokeResult>

export interface WebSocketSettings {
  readonly id: string
  readonly stage: string
  /** Without `/live/POST/...` at its end: `arn:aws:execute-api:us-east-1:000000000000:abc`. */
  readonly arn: string
  /** By route key; `$connect`, `$disconnect` and `$default` among them. */
  readonly routes: ReadonlyMap<string, Invoke>
  /** Of `$connect`. */
  readonly authorize: Invoke | undefined
}

interface Open {
  readonly connected: Connected
  readonly socket: WebSocket
  lastActiveAt: number
  idle: Cancel
  readonly end: Cancel
}

/** A WebSocket API of API Gateway: its connections, their limits, and the functions behind them. */
export class WebSocketApi {
  readonly settings: WebSocketSettings
  readonly #clock: StackClock
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: limits.messageBytes, perMessageDeflate: false })
  readonly #open = new Map<string, Open>()

  constructor(settings: WebSocketSettings, clock: StackClock) {
    this.settings = settings
    this.#clock = clock
  }

  /** The ids of open connections. */
  connections(): readonly string[] {
    return [...this.#open.keys()]
  }

  /** Answers a request for a WebSocket: with one, or with the refusal of authorizer or `$connect`. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // A client that goes away meanwhile is none that anybody answers.
    socket.on('error', () => {})
    const target = targetOf(request)
    if (target?.pathname !== `/${this.settings.stage}`) return refuse(socket, 403, 'Forbidden')
    const sent = {
      connectionId: newId(),
      connectedAt: this.#clock.now(),
      sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
      userAgent: request.headers['user-agent'] ?? '',
      domainName: request.headers.host ?? 'localhost',
      authorizer: undefined,
    }
    const judged = await this.#authorize(sent, request, target.search)
    if ('status' in judged) return refuse(socket, judged.status, judged.message)
    const connected = { ...sent, authorizer: judged.context }
    const result = await this.#invoke('$connect', connectEvent(connected, this.#api(), request, target.search))
    const status = statusOf(result)
    if (status < 200 || status > 299)
      return refuse(socket, status, status < 500 ? 'Forbidden' : 'Internal server error')
    if (socket.destroyed) return this.#disconnected(connected, 1006, '')
    this.#server.handleUpgrade(request, socket, head, (accepted) => this.#accept(connected, accepted, socket))
  }

  /** Sends data to a connection. Throws AwsError as the management API refuses. */
  post(connectionId: string, data: Buffer): void {
    if (data.length > limits.messageBytes) throw new AwsError('PayloadTooLargeException', 'Message too long', 413)
    const open = this.#find(connectionId)
    this.#active(open)
    const text = data.toString()
    if (data.length <= limits.frameBytes) open.socket.send(text)
    else
      for (let at = 0; at < data.length; at += limits.frameBytes)
        open.socket.send(data.subarray(at, at + limits.frameBytes), {
          fin: at + limits.frameBytes >= data.length,
          binary: false,
        })
  }

  get(connectionId: string) {
    const { connected, lastActiveAt } = this.#find(connectionId)
    const { connectedAt, sourceIp, userAgent } = connected
    return {
      connectedAt: new Date(connectedAt).toISOString(),
      identity: { sourceIp, userAgent },
      lastActiveAt: new Date(lastActiveAt).toISOString(),
    }
  }

  delete(connectionId: string): void {
    const open = this.#find(connectionId)
    this.#forget(open)
    open.socket.close(1000, 'Connection Closed Normally')
    this.#disconnected(open.connected, 1000, 'Connection Closed Normally')
  }

  stop(): void {
    for (const { socket, idle, end } of this.#open.values()) {
      idle()
      end()
      socket.terminate()
    }
    this.#open.clear()
    this.#server.close()
  }

  /** Throws AwsError `GoneException` for a connection that has ended, or never was. */
  #find(connectionId: string): Open {
    const open = this.#open.get(connectionId)
    if (open === undefined || open.socket.readyState !== open.socket.OPEN)
      throw new AwsError('GoneException', 'Gone', 410)
    return open
  }

  async #authorize(sent: Connected, request: IncomingMessage, search: string): Promise<Judged> {
    const { authorize, stage, arn } = this.settings
    if (authorize === undefined) return { context: undefined }
    const methodArn = `${arn}/${stage}/$connect`
    const result = await authorize(authorizerEvent(sent, this.#api(), request, search, methodArn)).catch(
      () => undefined,
    )
    if (result?.functionError !== undefined) {
      const { errorMessage } = (result.payload ?? {}) as { readonly errorMessage?: string }
      return errorMessage === 'Unauthorized' ? { status: 401, message: 'Unauthorized' } : broken
    }
    return policyOf(result?.payload, methodArn)
  }

  #accept(connected: Connected, socket: WebSocket, raw: Duplex): void {
    const { connectionId } = connected
    const open: Open = {
      connected,
      socket,
      lastActiveAt: this.#clock.now(),
      idle: () => {},
      end: this.#clock.at(connected.connectedAt + limits.connectionMs, () => this.#away(open)),
    }
    this.#open.set(connectionId, open)
    this.#active(open)
    const sizes = new FrameSizes(limits.frameBytes)
    let tooLarge = false
    raw.prependListener('data', (bytes: Buffer) => {
      if (tooLarge || !sizes.take(bytes)) return
      tooLarge = true
      socket.close(1009, 'Frame too large')
    })
    socket.on('message', (data: Buffer, isBinary) => {
      if (tooLarge) return
      this.#active(open)
      void this.#receive(open, data, isBinary)
    })
    // What is no WebSocket frame, or too large a message: ws closes with the code for it.
    socket.on('error', () => {})
    socket.on('close', (code, reason) => {
      if (this.#open.get(connectionId) !== open) return
      this.#forget(open)
      this.#disconnected(connected, tooLarge ? 1009 : code, reason.toString())
    })
  }

  async #receive({ connected, socket }: Open, data: Buffer, isBinary: boolean): Promise<void> {
    const routeKey = this.#routeOf(data, isBinary)
    const event = messageEvent(connected, this.#api(), routeKey, data, isBinary)
    const result = await this.#invoke(routeKey, event)
    if (statusOf(result) < 500 && result?.functionError === undefined) return
    const { connectionId } = connected
    const { requestId } = event.requestContext
    socket.send(JSON.stringify({ message: 'Internal server error', connectionId, requestId }), () => {})
  }

  #routeOf(data: Buffer, isBinary: boolean): string {
    const action = isBinary ? undefined : actionOf(data.toString())
    return action !== undefined && !action.startsWith('$') && this.settings.routes.has(action) ? action : '$default'
  }

  #active(open: Open): void {
    open.lastActiveAt = this.#clock.now()
    open.idle()
    open.idle = this.#clock.at(open.lastActiveAt + limits.idleMs, () => this.#away(open))
  }

  /** Too long without a message, or open for too long. */
  #away(open: Open): void {
    this.#forget(open)
    open.socket.close(1001, 'Going away')
    this.#disconnected(open.connected, 1001, 'Going away')
  }

  #forget({ connected, idle, end }: Open): void {
    idle()
    end()
    this.#open.delete(connected.connectionId)
  }

  #disconnected(connected: Connected, code: number, reason: string): void {
    void this.#invoke('$disconnect', disconnectEvent(connected, this.#api(), code, reason))
  }

  async #invoke(routeKey: string, event: unknown): Promise<InvokeResult | undefined> {
    return this.settings.routes
      .get(routeKey)?.(event)
      .catch(() => undefined)
  }

  #api() {
    const { id, stage } = this.settings
    return { id, stage, now: this.#clock.now() }
  }
}

function actionOf(text: string): string | undefined {
  try {
    const { action } = JSON.parse(text) as { readonly action?: unknown }
    return typeof action === 'string' ? action : undefined
  } catch {
    return undefined
  }
}

function statusOf(result: InvokeResult | undefined): number {
  if (result === undefined || result.functionError !== undefined) return 500
  const { statusCode } = (result.payload ?? {}) as { readonly statusCode?: unknown }
  return typeof statusCode === 'number' ? statusCode : 500
}

function refuse(socket: Duplex, status: number, text: string): void {
  const body = JSON.stringify({ message: text })
  const lines = [
    `HTTP/1.1 ${status} ${text}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
}
