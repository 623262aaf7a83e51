import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { until } from './target.ts'

/** A request as it came. */
export interface Got {
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly at: number
}

/** What a receiver does with a request: with a number, it answers with that status. */
export type Behaviour = number | ((response: ServerResponse, request: IncomingMessage, nth: number) => void)

/** A receiver on this machine. */
export interface Receiver {
  readonly url: string
  readonly got: readonly Got[]
  /** Requests that are under way now, and the most there were at a time. */
  readonly underWay: { now: number; most: number }
  behave(behaviour: Behaviour): void
  /** Waits for so many requests; all that came. */
  has(count: number, patienceMs?: number): Promise<readonly Got[]>
  forget(): void
  close(): Promise<void>
}

export async function receiver(behaviour: Behaviour = 204): Promise<Receiver> {
  let behaves = behaviour
  const got: Got[] = []
  const underWay = { now: 0, most: 0 }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    underWay.now += 1
    underWay.most = Math.max(underWay.most, underWay.now)
    response.on('close', () => {
      underWay.now -= 1
    })
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      got.push({ headers: request.headers, text: Buffer.concat(chunks).toString(), at: performance.now() })
      if (typeof behaves === 'number') response.writeHead(behaves).end()
      else behaves(response, request, got.length)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hook`,
    got,
    underWay,
    behave: (next) => {
      behaves = next
    },
    has: (count, patienceMs) =>
      until(
        async () => got,
        ({ length }) => length >= count,
        patienceMs,
      ),
    forget: () => {
      got.length = 0
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}
