import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a receiver has got. */
export interface Got {
  /** The id of the event. */
  readonly id: string
  readonly type: string
  /** The machine's time, in milliseconds. */
  readonly at: number
}

/** Receives webhooks on this machine, and answers with `status`. What it refuses it has not got. */
export class Receiver {
  readonly got: Got[] = []
  status = 204
  refused = 0
  readonly #server = createServer((request, response) => {
    let text = ''
    request.on('data', (data: Buffer) => (text += data.toString()))
    request.on('end', () => {
      if (this.status < 300) {
        const { id, type } = JSON.parse(text) as { readonly id: string; readonly type: string }
        this.got.push({ id, type, at: performance.now() })
      } else this.refused += 1
      response.writeHead(this.status).end()
    })
  })

  /** Begins to listen; where it does. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve)
    })
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}
