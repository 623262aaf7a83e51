import { type IncomingMessage, type ServerResponse, request as httpRequest } from 'node:http'
import type { Beside } from '../apigateway/http-api.ts'
import { targetOf } from '../endpoint/request-target.ts'
import { prefix } from './resource-types.ts'
import type { EdgeAnswer, EdgeCache, EdgeRequest } from './edge-cache.ts'

/** Answers requests below `/_cloudfront/{id}` by the distribution of that id. */
export function distributionsBeside(distributions: ReadonlyMap<string, EdgeCache>): Beside {
  return async (request, response) => {
    const target = targetOf(request)
    if (!target?.pathname.startsWith(`${prefix}/`)) return false
    const [id = '', ...path] = target.pathname.slice(prefix.length + 1).split('/')
    const distribution = distributions.get(id)
    if (distribution === undefined) return false
    const pathname = `/${path.join('/')}`
    const { method = '', headers } = request
    send(response, await distribution.answer({ method, pathname, search: target.search, headers }))
    return true
  }
}

function send(response: ServerResponse, { status, headers, body }: EdgeAnswer): void {
  const length = response.req.method === 'HEAD' || status === 304 ? {} : { 'content-length': body.length }
  response.writeHead(status, { ...headers, ...length })
  response.end(body)
}

/** What is between two hops, and the host, which is the origin's own: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1. */
const ofTheHop = new Set(['host', 'connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer'])

/** Asks an origin of the laptop, which has no certificate: a host and its port. Rejects where it does not answer. */
export const originAt =
  (host: string) =>
  ({ method, pathname, search, headers }: EdgeRequest): Promise<EdgeAnswer> =>
    new Promise((resolve, reject) => {
      const passed = Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheHop.has(name)))
      const asked = httpRequest(`http://${host}${pathname}${search}`, { method, headers: passed }, (message) => {
        answerOf(message).then(resolve, reject)
      })
      asked.on('error', reject)
      asked.end()
    })

async function answerOf(message: IncomingMessage): Promise<EdgeAnswer> {
  const chunks: Buffer[] = []
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk)
  const headers = Object.fromEntries(
    Object.entries(message.headersDistinct).flatMap(([name, values = []]) =>
      ofTheHop.has(name) ? [] : [[name, values.length === 1 ? (values[0] ?? '') : values]],
    ),
  )
  return { status: message.statusCode ?? 502, headers, body: Buffer.concat(chunks) }
}
