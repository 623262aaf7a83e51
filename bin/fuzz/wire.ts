import { Agent, type OutgoingHttpHeaders, request } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import type { Answer } from './check.ts'
import type { Raw } from './request.ts'

/** Sends requests as they are: bodies with any method, and headers that `fetch` would not send. */
export class Wire {
  readonly #baseUrl: string
  readonly #agent: Agent

  constructor(baseUrl: string, atOnce: number) {
    this.#baseUrl = baseUrl
    const options = { keepAlive: true, maxSockets: atOnce }
    this.#agent = baseUrl.startsWith('https:') ? new SecureAgent(options) : new Agent(options)
  }

  /** Rejects when there is no answer within 30 seconds. */
  send({ method, path, headers, body }: Raw): Promise<Answer> {
    const bytes = body === undefined ? undefined : Buffer.from(body)
    const sent: OutgoingHttpHeaders = { ...headers, ...(bytes && { 'content-length': bytes.length }) }
    return new Promise((resolve, reject) => {
      const options = { method, headers: sent, agent: this.#agent, timeout: 30_000 }
      const open = this.#baseUrl.startsWith('https:') ? secureRequest : request
      const outgoing = open(this.#baseUrl + path, options, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            contentType: response.headers['content-type'] ?? '',
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        )
      })
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 30 s')))
      outgoing.on('error', reject)
      outgoing.end(bytes)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
