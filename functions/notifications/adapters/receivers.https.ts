import { type LookupAddress, lookup as resolve } from 'node:dns'
import { type IncomingMessage, type RequestOptions, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { promisify } from 'node:util'
import type { Clock } from '../../runtime/clock.ts'
import { type Reach, faultOf, literalOf, mayReach } from './addresses.ts'
import { type Answered, type Receivers, type Sending, keptBytes, timeoutMs } from './receivers.ts'

/** All addresses of a name. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>

const system: Resolve = (name) => promisify(resolve)(name, { all: true, verbatim: true })

interface Settings {
  readonly reach: Reach
  readonly clock: Pick<Clock, 'now'>
  readonly resolve?: Resolve
  readonly timeoutMs?: number
}

/**
 * Sends over HTTPS to public addresses alone. A name is resolved once, all that it leads to is checked, and the connection goes to what was
 * checked. Redirects are not followed, and of an answer 1,024 bytes are read.
 */
export const httpsReceivers = (settings: Settings): Receivers => ({
  send: async (sending) => {
    const ends = AbortSignal.timeout(settings.timeoutMs ?? timeoutMs)
    try {
      return await sent(sending, settings, ends)
    } catch (error) {
      return { error: ends.aborted ? 'timeout' : codeOf(error) }
    }
  },
})

/** An error whose code is our own. */
class Refused extends Error {
  readonly code: string
  constructor(code: string) {
    super(code)
    this.code = code
  }
}

async function sent({ url: text, headers, body }: Sending, settings: Settings, ends: AbortSignal): Promise<Answered> {
  const { reach } = settings
  const url = new URL(text)
  if (faultOf(text, reach) !== undefined) throw new Refused('address_not_allowed')
  const checked = await until(ends, addressesOf(url, settings))
  const options: RequestOptions = {
    method: 'POST',
    // A connection of its own: none is there that leads elsewhere.
    agent: false,
    signal: ends,
    lookup: onlyThese(checked),
    maxHeaderSize: 16_384,
    headers: {
      ...headers,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'Holdfast-Webhooks/1',
      accept: '*/*',
    },
  }
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const begin = url.protocol === 'https:' ? overHttps : overHttp
  const request = begin(url, options, resolve)
  request.on('error', reject)
  // Without a listener the connection of such an answer is closed, and neither an answer nor an error comes of it.
  request.on('upgrade', (response, socket) => {
    socket.destroy()
    resolve(response)
  })
  request.end(body)
  try {
    const response = await until(ends, promise)
    // What comes behind this status is of another protocol.
    const start = response.statusCode === 101 ? '' : await readStart(response, ends)
    return { ...answeredBy(response, settings), ...(start !== '' && { body: start }) }
  } finally {
    // Whatever is left of the answer is not read.
    request.destroy()
  }
}

/** The addresses that the request may go to. Throws where one of them is none that it may: the next answer could be that one. */
async function addressesOf(url: URL, { reach, resolve: find = system }: Settings): Promise<readonly LookupAddress[]> {
  const literal = literalOf(url)
  const found = literal === undefined ? await find(url.hostname) : [{ address: literal, family: familyOf(literal) }]
  if (found.length === 0) throw new Refused('ENOTFOUND')
  if (!found.every(({ address }) => mayReach(address, reach))) throw new Refused('address_not_allowed')
  return found
}

const familyOf = (address: string): number => (address.includes(':') ? 6 : 4)

/** In the place of the resolver: nothing is asked a second time. */
const onlyThese =
  (checked: readonly LookupAddress[]): LookupFunction =>
  (_, options, done) => {
    const [first] = checked
    if (options.all) done(null, [...checked])
    else done(null, first?.address ?? '', first?.family ?? 0)
  }

/** The first bytes of an answer as text, without those of a character that is cut. The rest is not read. */
async function readStart(response: IncomingMessage, ends: AbortSignal): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  const read = async (): Promise<void> => {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes >= keptBytes) return
    }
  }
  try {
    await until(ends, read())
  } catch (error) {
    // The status stands, whatever becomes of the rest: unless there is no end to it.
    if (ends.aborted) throw error
  }
  const start = Buffer.concat(chunks).subarray(0, keptBytes)
  return new TextDecoder().decode(start, { stream: true })
}

/** What comes of it, or an error when the time is over. */
async function until<Result>(ends: AbortSignal, work: Promise<Result>): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>()
  const end = (): void => reject(new Refused('timeout'))
  if (ends.aborted) end()
  ends.addEventListener('abort', end)
  try {
    return await Promise.race([work, promise])
  } finally {
    ends.removeEventListener('abort', end)
  }
}

function answeredBy({ statusCode = 0, headers }: IncomingMessage, { clock }: Settings): Answered {
  const retryAfterMs = retryAfterOf(headers['retry-after'], clock.now())
  const isRedirect = statusCode >= 300 && statusCode < 400
  return {
    status: statusCode,
    ...(isRedirect && { error: 'redirect' }),
    ...(statusCode === 101 && { error: 'upgrade' }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

/** Seconds, or the date of HTTP; undefined for anything else, and for a time that is over. */
export function retryAfterOf(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now
  return ms > 0 ? ms : undefined
}

function codeOf(error: unknown): string {
  const { code, name } = error as { readonly code?: unknown; readonly name?: string }
  return (typeof code === 'string' ? code : (name ?? 'error')).slice(0, 60)
}
