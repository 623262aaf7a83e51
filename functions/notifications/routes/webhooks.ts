import type { webhookRoutes } from '../../../schemas/webhooks.ts'
import { mostWebhooks } from '../../../schemas/webhook.ts'
import { overlapSeconds } from '../../../schemas/webhooks.ts'
import { expectMatch, tagOfBody } from '../../runtime/entity-tag.ts'
import type { Refuse } from '../../runtime/errors.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { commit } from '../../runtime/idempotent-commit.ts'
import { logger } from '../../runtime/log.ts'
import type { Item, Store } from '../../runtime/store.ts'
import { load, update } from '../../runtime/update.ts'
import { faultOf } from '../adapters/addresses.ts'
import { secretOf } from '../adapters/signature.ts'
import { type Endpoint, changed, rotated } from '../core/webhooks/endpoint.ts'
import { healthy } from '../core/webhooks/pump.ts'
import type { WebhookDeps } from '../deps.ts'
import {
  type CountItem,
  countKey,
  counted,
  endpointItem,
  endpointOf,
  endpoints,
  shown,
} from '../store/webhooks/endpoint-item.ts'
import { type PumpItem, firstPump, minuteAfter, pumpKey, written } from '../store/webhooks/pump-item.ts'

/** Makes an endpoint with its secret and its pump: one transaction, with the record of the answer. */
export function createWebhook(deps: WebhookDeps): Handler<typeof webhookRoutes.createWebhook> {
  const { store, clock, newWebhookId } = deps
  return (request) =>
    commit(deps, request, async () => {
      const { body, refuse } = request
      expectGood(deps, body.url, refuse)
      const count = await countOf(store)
      if ((count?.count ?? 0) >= mostWebhooks)
        throw refuse('too_many_webhooks', `There are ${mostWebhooks} webhooks, and there can be no more.`)
      const [id, now] = [newWebhookId(), clock.now()]
      const { secret, sealed } = await newSecret(deps, id)
      const { url, events, description } = body
      const endpoint: Endpoint = {
        id,
        url,
        events,
        ...(description !== undefined && { description }),
        active: true,
        activation: 1,
        createdAt: now,
        secrets: [{ sealed }],
      }
      const origin = { cause: request.requestId, at: now, by: request.caller.id }
      return {
        writes: [
          ...endpointItem.writes(undefined, { state: endpoint, emits: [] }, origin),
          firstPump(id, now),
          counted(count, 1),
        ],
        answer: { body: { ...shown(endpoint, now), secret } },
      }
    })
}

export function listWebhooks({ store, clock }: WebhookDeps): Handler<typeof webhookRoutes.listWebhooks> {
  return async ({ query: { limit, cursor } }) => {
    const page = await store.query({ partition: endpoints, descending: true, limit, cursor })
    const items = page.items.map((item) => shown(endpointOf(item), clock.now()))
    return { body: { items, cursor: page.cursor } }
  }
}

export function getWebhook(deps: WebhookDeps): Handler<typeof webhookRoutes.getWebhook> {
  return async (request) => ({ body: shown(await endpointFor(deps, request), deps.clock.now()) })
}

/** Changes an endpoint. Who switches it on lets its failures be counted anew, and wakes who sends. */
export function updateWebhook(deps: WebhookDeps): Handler<typeof webhookRoutes.updateWebhook> {
  const { store, clock, wakeUps } = deps
  return async (request) => {
    const { body, params, refuse } = request
    if (body.url !== undefined) expectGood(deps, body.url, refuse)
    let isWoken = false
    const after = await update(deps, endpointItem, params.id, originOf(deps, request), async (found) => {
      const before = found?.state ?? missing(request)
      expectMatch(request, tagOfBody(shown(before, clock.now())))
      const state = changed(before, body)
      if (state === before) return undefined
      isWoken = state.activation !== before.activation
      return { state, emits: [], also: isWoken ? [await begunAnew(store, state, clock.now())] : [] }
    })
    if (isWoken) await wakeLater(wakeUps.wake(params.id))
    return { body: shown(after ?? missing(request), clock.now()) }
  }
}

/** The pump with nothing that failed, as far as it is known: whoever is sending looks once more. */
async function begunAnew(store: Store, { id, activation }: Endpoint, now: number) {
  const found = (await store.get(pumpKey(id), { consistent: true })) as PumpItem | undefined
  if (found === undefined) throw new Error(`The webhook ${id} has no pump.`)
  const { pump } = found
  const again = pump.leasedUntil !== undefined && ({ again: true } as const)
  return written(id, found, { ...pump, ...again, health: healthy(activation), wakeAt: minuteAfter(now) })
}

/** Deletes an endpoint and its pump: what waits for it is never sent. */
export function deleteWebhook(deps: WebhookDeps): Handler<typeof webhookRoutes.deleteWebhook> {
  const { store, clock } = deps
  return async (request) => {
    const { id } = request.params
    await commit(deps, request, async () => {
      const found = (await load(store, endpointItem, id)) ?? missing(request)
      expectMatch(request, tagOfBody(shown(found.state, clock.now())))
      return {
        writes: [
          { delete: endpointItem.key(id), if: { version: found.item.version } },
          { delete: pumpKey(id), if: 'any' },
          counted(await countOf(store), -1),
        ],
        answer: { body: undefined },
      }
    })
    return { body: undefined }
  }
}

/** Gives an endpoint another secret. Two sign at once at most: one before the last rotation signs no more. */
export function rotateWebhookSecret(deps: WebhookDeps): Handler<typeof webhookRoutes.rotateWebhookSecret> {
  const { store, clock } = deps
  return (request) =>
    commit(deps, request, async () => {
      const now = clock.now()
      const found = (await load(store, endpointItem, request.params.id)) ?? missing(request)
      const { secret, sealed } = await newSecret(deps, found.state.id)
      const seconds = request.body?.overlapSeconds ?? overlapSeconds
      const state = rotated(found.state, sealed, now + seconds * 1_000, now)
      return {
        writes: endpointItem.writes(found, { state, emits: [] }, originOf(deps, request)),
        answer: { body: { ...shown(state, now), secret } },
      }
    })
}

const countOf = async (store: Store): Promise<CountItem | undefined> =>
  (await store.get(countKey, { consistent: true })) as (CountItem & Item) | undefined

async function newSecret({ newSecret: random, seals }: WebhookDeps, id: string) {
  const secret = secretOf(random())
  return { secret, sealed: await seals.seal(secret, id) }
}

function expectGood({ reach }: WebhookDeps, url: string, refuse: Refuse<'validation_failed'>): void {
  const fault = faultOf(url, reach)
  if (fault === undefined) return
  throw refuse('validation_failed', 'The request has invalid fields.', { errors: [{ path: 'url', message: fault }] })
}

type OfEndpoint = Pick<Request<typeof webhookRoutes.getWebhook>, 'params' | 'refuse'>

/** The endpoint that a request names. Refuses where there is none. */
export async function endpointFor({ store }: WebhookDeps, request: OfEndpoint): Promise<Endpoint> {
  return (await load(store, endpointItem, request.params.id))?.state ?? missing(request)
}

function missing({ params: { id }, refuse }: OfEndpoint): never {
  throw refuse('webhook_not_found', `There is no webhook ${id}.`)
}

export function originOf(
  { clock }: WebhookDeps,
  { requestId, caller }: Pick<Request<typeof webhookRoutes.getWebhook>, 'requestId' | 'caller'>,
) {
  return { cause: requestId, at: clock.now(), by: caller.id }
}

/** What is written stands: the sweep wakes who sends, where this does not. */
const wakeLater = (waking: Promise<void>): Promise<void> =>
  waking.catch((error: Error) => {
    logger.warn('not woken', { error })
  })
