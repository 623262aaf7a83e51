import { WebSocket } from 'ws'
import type { LiveFrame } from '../../schemas/live.ts'
import { baseUrl } from './target.ts'

/** Where the local stack has its WebSocket API. */
export const liveUrl = `${baseUrl.replace(/^http/, 'ws')}/live`

/** A client of live updates, with what it has got. */
export class LiveClient {
  readonly frames: LiveFrame[] = []
  readonly socket: WebSocket
  /** The code that the connection was closed with. */
  closed: number | undefined
  #wake = (): void => {}

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString()) as LiveFrame)
      this.#wake()
    })
    socket.on('close', (code) => {
      this.closed = code
      this.#wake()
    })
    socket.on('error', () => {})
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  /** The first frame that is like this, of those that have come or will. */
  async next<Type extends LiveFrame['type']>(
    type: Type,
    is: (frame: Extract<LiveFrame, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<LiveFrame, { type: Type }>> {
    const wanted = (frame: LiveFrame): frame is Extract<LiveFrame, { type: Type }> =>
      frame.type === type && is(frame as Extract<LiveFrame, { type: Type }>)
    await this.until(() => this.frames.some(wanted), `no ${type} among ${JSON.stringify(this.frames)}`)
    return this.frames.find(wanted)!
  }

  /** The code that the connection is closed with. */
  async end(): Promise<number> {
    await this.until(() => this.closed !== undefined, 'the connection stays open')
    return this.closed!
  }

  /** Follows an order, and returns what comes first. */
  async follow(orderId: string) {
    this.send({ action: 'subscribe', orderId })
    return this.next('subscribed', (frame) => 'orderId' in frame && frame.orderId === orderId)
  }

  /** The types of the events of an order, in the order in which they came. */
  eventsOf(orderId: string): string[] {
    return this.frames.flatMap((frame) =>
      frame.type === 'event' && frame.event.orderId === orderId ? [frame.event.type] : [],
    )
  }

  async until(done: () => boolean, otherwise: string, patienceMs = 15_000): Promise<void> {
    const deadline = performance.now() + patienceMs
    while (!done()) {
      const rest = deadline - performance.now()
      if (rest <= 0) throw new Error(otherwise)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, rest)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
}

/** Opens a connection; rejects with the status of a refusal. */
export function connect(how: { readonly token?: string; readonly ticket?: string }): Promise<LiveClient> {
  const { token, ticket } = how
  const url = ticket === undefined ? liveUrl : `${liveUrl}?ticket=${encodeURIComponent(ticket)}`
  const socket = new WebSocket(url, { ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }) })
  const client = new LiveClient(socket)
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(client))
    socket.on('unexpected-response', (_, response) => {
      reject(new Error(`refused with ${response.statusCode}`))
      socket.terminate()
    })
  })
}
