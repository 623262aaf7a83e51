import type { Clock } from './clock.ts'
import { HttpProblem, contended } from './errors.ts'
import type { Answer, Request } from './http.ts'
import { canonical, digest } from './ids.ts'
import { type Item, type Store, type Write, first } from './store.ts'

/** How long the first answer to an idempotency key is kept at least, in seconds. */
const keptSeconds = 86_400

/** What a request changes, and what it is told once that is written. */
export interface Decision<Body> {
  readonly writes: readonly Write[]
  readonly answer: Answer<Body>
}

const attempts = 10

/**
 * Commits what `decide` wants written; with an `Idempotency-Key` the answer is kept in the same transaction, so that there is one
 * effect and one answer. When a condition fails, somebody was faster: `decide` looks again. Throws `HttpProblem` 422
 * `idempotency_key_reused` for a key with another body, 503 `contended` after ten lost races.
 */
export async function commit<Body>(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  request: Pick<Request, 'route' | 'params' | 'body' | 'caller' | 'idempotencyKey'>,
  decide: () => Promise<Decision<Body>>,
): Promise<Answer<Body>> {
  const kept = keptKey(request)
  const replayed = async () => {
    const known = kept && (await store.get(kept.key, { consistent: true }))
    return known && replay<Body>(known, kept.hash)
  }
  const before = await replayed()
  if (before) return before
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const decision = await decide().catch((error: unknown) => ({ error }))
    if ('error' in decision) {
      // The same request, sent twice at once, may have taken what this one now misses.
      const meanwhile = await replayed()
      if (meanwhile) return meanwhile
      throw decision.error
    }
    const { writes, answer } = decision
    const record = kept && keep(kept.key, kept.hash, answer, clock.now())
    const outcome = await store.write(...writes, ...(record ? [record] : []))
    if (outcome.ok) return answer
    const lost = outcome.failed.find(({ write }) => write === writes.length)
    if (kept && lost?.found) return replay(lost.found, kept.hash)
  }
  throw contended('the same thing')
}

function keptKey({
  route,
  params,
  body,
  caller,
  idempotencyKey,
}: Pick<Request, 'route' | 'params' | 'body' | 'caller' | 'idempotencyKey'>) {
  if (idempotencyKey === undefined) return undefined
  const id = digest((caller as { id: string } | undefined)?.id ?? '', route.method, route.path, idempotencyKey)
  return { key: { pk: `answer_${id}`, sk: 'answer' }, hash: digest(canonical([params, body])) }
}

function keep(key: { pk: string; sk: string }, hash: string, answer: Answer, now: number): Write {
  const ttl = Math.ceil(now / 1_000) + keptSeconds
  return { put: first({ ...key, hash, answer: JSON.stringify(answer), ttl }), if: 'absent' }
}

function replay<Body>(record: Item, hash: string): Answer<Body> {
  if (record['hash'] !== hash) {
    throw new HttpProblem(
      422,
      'idempotency_key_reused',
      'This Idempotency-Key came with another request before. Take a new one for each intent.',
    )
  }
  const answer = JSON.parse(String(record['answer'])) as Answer<Body>
  return { ...answer, headers: { ...answer.headers, 'idempotent-replayed': 'true' } }
}
