import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import type { Clock } from './clock.ts'
import { type Refuse, refuse } from './errors.ts'
import type { Answer } from './answer.ts'
import type { Request } from './http.ts'
import { answerKey } from './answer-key.ts'
import { canonical, digest } from './ids.ts'
import { type Item, type Key, type Store, type Write, first, over } from './store.ts'
import { type UpdateDeps, untilWritten } from './update.ts'

/** How long the first answer to an idempotency key is kept at least, in seconds. */
const keptSeconds = 86_400

/** The `ttl` of what is kept from now on. */
export const keptUntil = (now: number): number => Math.ceil(now / 1_000) + keptSeconds

/** The writes of a request, and its answer once they are applied. */
export interface Decision<Body> {
  readonly writes: readonly Write[]
  readonly answer: Answer<Body>
}

/** The fields that identify a request; `requestId` distinguishes it from a repetition of itself. */
type Keyed = Pick<Request, 'route' | 'params' | 'body' | 'caller' | 'idempotencyKey' | 'requestId'>

/**
 * Commits what `decide` wants written; with an `Idempotency-Key` the answer is kept in the same transaction, so that there is one
 * effect and one answer. When a condition fails, another writer was first: `decide` is called again. Throws `HttpProblem` 422
 * `idempotency_key_reused` for a key with another body, 503 `contended` when other writers are always first.
 */
export async function commit<Body>(
  deps: UpdateDeps,
  request: Keyed,
  decide: () => Promise<Decision<Body>>,
): Promise<Answer<Body>> {
  const { store, clock } = deps
  const kept = keptOf(request, clock)
  const before = kept && (await answerKept<Body>(store, kept))
  if (before) return before
  return untilWritten(deps, 'the same thing', async () => {
    const decision = await decide().catch((error: unknown) => ({ error }))
    if ('error' in decision) {
      // The same request, sent twice at once, may have taken what this one now misses.
      const meanwhile = kept && (await answerKept<Body>(store, kept))
      if (meanwhile) return { result: meanwhile }
      throw decision.error
    }
    const { writes, answer } = decision
    const record: Write | undefined = kept && { put: answeredBy(kept, answer), if: 'absent' }
    const outcome = await store.write(...writes, ...(record ? [record] : [])) // mutant: key-record
    if (outcome.ok) return { result: answer }
    const found = kept && outcome.failed.find(({ write }) => write === writes.length)?.found
    const first = found && answerIn<Body>(found, kept) // mutant: key-race
    return first && { result: first }
  })
}

/**
 * Performs what has writes of its own, which no transaction takes together with the answer: an `Idempotency-Key` is first bound to this
 * very request, then `act` is called, and its answer kept. `act` has one effect however often it is called: it is called again when
 * the first request died on the way. What `check` throws binds nothing; after what `act` throws the key stays bound, and the same
 * request may come again. Throws `HttpProblem` 422 `idempotency_key_reused` for a key with another body.
 */
export async function performOnce<Body>(
  { store, clock }: Pick<UpdateDeps, 'store' | 'clock'>,
  request: Keyed,
  check: () => Promise<void>,
  act: () => Promise<Answer<Body>>,
): Promise<Answer<Body>> {
  const kept = keptOf(request, clock)
  if (kept === undefined) {
    await check()
    return act()
  }
  let bound = await store.get(kept.key, { consistent: true })
  if (bound === undefined) {
    await check()
    const binding = boundBy(kept)
    const outcome = await store.write({ put: binding, if: 'absent' }) // mutant: key-binding
    bound = outcome.ok ? binding : outcome.failed[0]?.found
  }
  const before = bound && answerIn<Body>(bound, kept)
  if (before) return before
  const answer = await act()
  const record = { ...answeredBy(kept, answer), version: (bound?.version ?? 0) + 1 }
  const outcome = await store.write({ put: record, if: over(bound) })
  const found = outcome.ok ? undefined : outcome.failed[0]?.found
  return (found && answerIn<Body>(found, kept)) ?? answer
}

/** Where the answer to a key is kept, and for which request. */
interface Kept {
  readonly key: Key
  readonly hash: string
  readonly requestId: string
  /** Seconds since 1970. */
  readonly ttl: number
  /** Fields of the body that are not kept. */
  readonly once: readonly string[]
}

function keptOf({ route, params, body, caller, idempotencyKey, requestId }: Keyed, clock: Clock): Kept | undefined {
  if (idempotencyKey === undefined) return undefined
  const id = digest((caller as { id: string } | undefined)?.id ?? '', route.method, route.path, idempotencyKey)
  return {
    key: answerKey(id),
    hash: digest(canonical([params, body])),
    requestId,
    ttl: keptUntil(clock.now()),
    once: route.answer.once ?? [],
  }
}

// The request id makes the record one's own: an equal record is the answer to a lost write.
const boundBy = ({ key, hash, requestId, ttl }: Kept) => first({ ...key, hash, requestId, ttl })

const answeredBy = (kept: Kept, answer: Answer) => ({
  ...boundBy(kept),
  ...stored(JSON.stringify(kept.once.length === 0 ? answer : { ...answer, body: without(answer.body, kept.once) })),
})

/** An answer above this many bytes is compressed: 409,600 are the most that an item takes. */
const maxPlainBytes = 300_000

/**
 * An answer in its record. The last release finds none in a record with a compressed one, and performs again what has one effect however often
 * it is performed.
 */
function stored(answer: string): { readonly answer: string } | { readonly packed: string } {
  if (Buffer.byteLength(answer) <= maxPlainBytes) return { answer }
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_MAX_WINDOW_BITS } = constants
  // The window reaches over the whole answer: names stand in it once for what is held, and again for what has left.
  const params = { [BROTLI_PARAM_QUALITY]: 5, [BROTLI_PARAM_LGWIN]: BROTLI_MAX_WINDOW_BITS }
  return { packed: brotliCompressSync(answer, { params }).toString('base64') }
}

function plain({ answer, packed }: Item): string | undefined {
  if (typeof packed === 'string') return brotliDecompressSync(Buffer.from(packed, 'base64')).toString()
  return typeof answer === 'string' ? answer : undefined
}

/** The body as it may be kept: without what is shown once, and with the names of that. */
function without(body: unknown, once: readonly string[]): unknown {
  const fields = Object.entries(body as object).filter(([name]) => !once.includes(name))
  return { ...Object.fromEntries(fields), withheld: once }
}

async function answerKept<Body>(store: Store, kept: Kept): Promise<Answer<Body> | undefined> {
  const found = await store.get(kept.key, { consistent: true })
  return found && answerIn<Body>(found, kept)
}

/** The answer in a record; undefined while there is none. Throws `HttpProblem` 422 where it is that of another request. */
function answerIn<Body>(record: Item, { hash }: Kept): Answer<Body> | undefined {
  if (record['hash'] !== hash) throw keyReused(refuse) // mutant: key-hash
  const kept = plain(record)
  if (kept === undefined) return undefined
  const answer = JSON.parse(kept) as Answer<Body>
  return { ...answer, headers: { ...answer.headers, 'idempotent-replayed': 'true' } }
}

export const keyReused = (refuse: Refuse<'idempotency_key_reused'>) =>
  refuse(
    'idempotency_key_reused',
    'This Idempotency-Key came with another request before. Take a new one for each intent.',
  )
