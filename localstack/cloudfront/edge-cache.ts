import type { IncomingHttpHeaders } from 'node:http'
import { own } from '../../schemas/own.ts'
import { type Lifetimes, secondsOf } from './freshness.ts'

/** A request of a viewer. */
export interface EdgeRequest {
  readonly method: string
  /** Below the distribution, with its leading slash. */
  readonly pathname: string
  /** With its `?`, or empty. */
  readonly search: string
  readonly headers: IncomingHttpHeaders
}

export interface EdgeAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: Buffer
}

/** How requests of a path are answered. */
export interface Behavior {
  /** Whether it is the one of that path. */
  readonly matches: (pathname: string) => boolean
  readonly methods: ReadonlySet<string>
  readonly lifetimes: Lifetimes
  /** The headers that tell answers apart, in lower case. */
  readonly keyHeaders: readonly string[]
}

export interface DistributionSettings {
  readonly id: string
  /** The first that matches counts. */
  readonly behaviors: readonly Behavior[]
  /** For how many seconds errors are kept, by status. */
  readonly errors: ReadonlyMap<number, number>
}

export interface EdgeDeps {
  readonly origin: (request: EdgeRequest) => Promise<EdgeAnswer>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

interface Kept {
  readonly answer: EdgeAnswer
  readonly fetchedAt: number
  readonly until: number
}

/** The oldest answers go first. */
const mostKept = 1_000

/**
 * One edge of CloudFront with its cache: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html. Every answer has `X-Cache`, and
 * one of the cache `Age`.
 */
export class EdgeCache {
  readonly #settings: DistributionSettings
  readonly #deps: EdgeDeps
  readonly #kept = new Map<string, Kept>()
  /** Viewers who ask for the same at once wait for one request. */
  readonly #asked = new Map<string, Promise<{ readonly kept: Kept; readonly how: string }>>()

  constructor(settings: DistributionSettings, deps: EdgeDeps) {
    this.#settings = settings
    this.#deps = deps
  }

  async answer(request: EdgeRequest): Promise<EdgeAnswer> {
    const behavior = this.#settings.behaviors.find(({ matches }) => matches(request.pathname))
    if (!behavior?.methods.has(request.method)) return this.#marked(refused, 'Error')
    if (request.method === 'OPTIONS') return this.#marked(await this.#deps.origin(request), 'Miss')
    const key = keyOf(request, behavior)
    const there = this.#kept.get(key)
    if (there && this.#deps.now() < there.until) return this.#shown(request, there, 'Hit')
    // The answers of what is never kept may be for one viewer alone.
    const asking = this.#asked.get(key) ?? this.#ask(key, request, behavior, there)
    if (behavior.lifetimes.max > 0) this.#asked.set(key, asking)
    const { kept, how } = await asking.finally(() => this.#asked.delete(key))
    return this.#shown(request, kept, how)
  }

  /** Asks the origin, for what has changed where something is there that is too old. */
  async #ask(key: string, request: EdgeRequest, { lifetimes }: Behavior, there: Kept | undefined) {
    const { now, origin } = this.#deps
    const { 'if-none-match': asked, ...headers } = request.headers
    const etag = there?.answer.headers['etag']
    const known = typeof etag === 'string' ? etag : lifetimes.max === 0 ? asked : undefined
    const answer = await origin({ ...request, headers: { ...headers, ...(known && { 'if-none-match': known }) } })
    const isSame = there !== undefined && answer.status === 304
    const current = isSame ? { ...there.answer, headers: { ...there.answer.headers, ...answer.headers } } : answer
    const cacheControl = String(current.headers['cache-control'] ?? '')
    const seconds = secondsOf({ status: current.status, cacheControl }, lifetimes, this.#settings.errors)
    const kept = { answer: current, fetchedAt: now(), until: now() + seconds * 1_000 }
    this.#kept.delete(key)
    if (seconds > 0) this.#keep(key, kept)
    return { kept, how: isSame ? 'RefreshHit' : current.status >= 400 ? 'Error' : 'Miss' }
  }

  #keep(key: string, kept: Kept): void {
    this.#kept.set(key, kept)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) return
      this.#kept.delete(oldest)
    }
  }

  #shown(request: EdgeRequest, { answer, fetchedAt }: Kept, how: string): EdgeAnswer {
    const age = how === 'Hit' && { age: String(Math.floor((this.#deps.now() - fetchedAt) / 1_000)) }
    const { etag } = answer.headers
    const isKnown = answer.status === 200 && etag !== undefined && request.headers['if-none-match'] === etag
    const { 'content-length': _, ...withoutLength } = answer.headers
    const shown = isKnown ? { status: 304, headers: withoutLength, body: Buffer.alloc(0) } : answer
    return this.#marked({ ...shown, headers: { ...shown.headers, ...age } }, answer.status >= 400 ? 'Error' : how)
  }

  #marked(answer: EdgeAnswer, how: string): EdgeAnswer {
    const via = `1.1 ${this.#settings.id.toLowerCase()}.cloudfront.net (CloudFront)`
    return { ...answer, headers: { ...answer.headers, 'x-cache': `${how} from cloudfront`, via } }
  }
}

const refused: EdgeAnswer = {
  status: 403,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: Buffer.from(
    'This distribution is not configured to allow the HTTP request method that was used for this request.',
  ),
}

/** Answers that are not the same have different keys: by method too, as an answer to `HEAD` has no body. */
function keyOf({ method, pathname, search, headers }: EdgeRequest, { keyHeaders }: Behavior): string {
  const encodings = headers['accept-encoding'] ?? ''
  const compressed = ['br', 'gzip'].filter((each) => encodings.includes(each))
  return JSON.stringify([method, pathname, search, compressed, ...keyHeaders.map((name) => own(headers, name) ?? null)])
}
