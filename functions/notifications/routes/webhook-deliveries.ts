import type { webhookRoutes } from '../../../schemas/webhooks.ts'
import { testType } from '../../../schemas/webhook.ts'
import { timeOf } from '../../runtime/clock.ts'
import type { Handler, Request } from '../../runtime/http.ts'
import { performOnce } from '../../runtime/idempotent-commit.ts'
import { digest } from '../../runtime/ids.ts'
import { answeredBytes, isFull } from '../../runtime/page-size.ts'
import { newestOf } from '../../runtime/sharded.ts'
import { sideBySide } from '../../runtime/side-by-side.ts'
import type { Item, Store } from '../../runtime/store.ts'
import { load, update } from '../../runtime/update.ts'
import { timesOf, walkDown } from '../../runtime/walk-down.ts'
import { type Attempt, again, isTooLate, madeAt } from '../core/webhooks/delivery.ts'
import { bodyOf } from '../core/webhooks/payload.ts'
import type { WebhookDeps } from '../deps.ts'
import {
  type Placed,
  attemptsOf,
  deliveryItem,
  deliveryOf,
  isKnown,
  keptMs,
  keyOf,
  made,
  nameOf,
  partitions,
  placeIn,
  placeOf,
  shown,
} from '../store/webhooks/delivery-item.ts'
import { type PayloadItem, payloadOf } from '../store/webhooks/payload-item.ts'
import { endpointFor, originOf } from './webhooks.ts'

/** What one request reads at most of deliveries, in pages; the cursor goes on from there. */
const mostPages = 5
/** Attempts that a delivery is shown with. */
const mostAttempts = 50
/** How many deliveries are read or changed at a time. */
const atOnce = 10
/** What one request has sent once more at most. */
const mostAtOnce = 100

/** Sends an event that is made for this, whatever the endpoint asks for. */
export function testWebhook(deps: WebhookDeps): Handler<typeof webhookRoutes.testWebhook> {
  const { store, clock, wakeUps } = deps
  return (request) => {
    const { id: webhookId } = request.params
    return performOnce(
      deps,
      request,
      () => expectOn(deps, request),
      async () => {
        const now = clock.now()
        // The same request sends the same event, however often it is tried.
        const eventId = `${testType}/${digest(webhookId, nameOfRequest(request))}`
        const event = { id: eventId, time: timeOf(now), data: { webhookId } }
        const outcome = await store.write(payloadOf(eventId, bodyOf(testType, event), now))
        // Whoever was first has named the time of it.
        const first = outcome.ok ? undefined : (outcome.failed[0]?.found as PayloadItem | undefined)
        const at = first === undefined ? now : Date.parse((JSON.parse(first.body) as { timestamp: string }).timestamp)
        const place = placeOf(at, nameOf(webhookId, eventId))
        const placed: Placed = { ...madeAt(at, eventId, testType), webhookId, place }
        await store.write(made(placed))
        await wakeUps.wake(webhookId)
        return { body: shown(placed, []) }
      },
    )
  }
}

/** Lists the deliveries of an endpoint by the times of their events, the newest first. */
export function listWebhookDeliveries(deps: WebhookDeps): Handler<typeof webhookRoutes.listWebhookDeliveries> {
  const { store, clock } = deps
  return async (request) => {
    const { query, params, refuse } = request
    const began = clock.now()
    await endpointFor(deps, request)
    const times = timesOf({ cursor: query.cursor }, (end) => end - keptMs, began, refuse)
    const bounds = { limit: query.limit, mostPages, began }
    const page = await walkDown(clock, times, bounds, async (to, wanted) => {
      const { items, next } = await pageOf(store, params.id, { ...times, to, wanted })
      const withAttempts = await sideBySide(items, atOnce, async (item) => ({
        place: item.sk,
        delivery: shown(deliveryOf(item), await attemptsIn(store, deliveryOf(item))),
      }))
      const ordered = withAttempts.toSorted((a, b) => (a.place < b.place ? 1 : -1))
      return fitting(ordered, next)
    })
    return { body: page }
  }
}

/** As many as an answer carries, and where to go on behind them. */
function fitting<Each>(all: readonly { readonly place: string; readonly delivery: Each }[], next: string) {
  let bytes = 0
  const end = all.findIndex(({ delivery }) => {
    if (isFull(bytes * 5)) return true
    bytes += answeredBytes(delivery)
    return false
  })
  const taken = end < 0 ? all : all.slice(0, end)
  return { items: taken.map(({ delivery }) => delivery), next: end < 0 ? next : (taken.at(-1)?.place ?? next) }
}

async function pageOf(
  store: Store,
  webhookId: string,
  { from, to, wanted }: { readonly from: string; readonly to: string; readonly wanted: number },
): Promise<{ readonly items: readonly Item[]; readonly next: string }> {
  const page = await newestOf(store, partitions(webhookId), { from, to, limit: wanted })
  const items = page.items.slice(0, wanted)
  const goesOn = items.length < page.items.length || page.goesOn
  return { items, next: goesOn ? (items.at(-1)?.sk ?? from) : from }
}

/** The attempts of a delivery, the newest first: the last one rides in it. */
async function attemptsIn(store: Store, { place, attempts, last }: Placed): Promise<readonly Attempt[]> {
  if (last === undefined) return []
  if (attempts < 2) return [last]
  const earlier = await store.query({ partition: attemptsOf(place), descending: true, limit: mostAttempts - 1 })
  return [last, ...earlier.items.map((item) => (item as Item & { readonly attempt: Attempt }).attempt)]
}

/** Sends one delivery once more, whatever became of it. */
export function redeliverWebhookDelivery(deps: WebhookDeps): Handler<typeof webhookRoutes.redeliverWebhookDelivery> {
  const { store, clock, wakeUps } = deps
  return (request) => {
    const { id: webhookId, deliveryId } = request.params
    const place = placeIn(deliveryId)
    const codec = deliveryItem(keyOf(webhookId, place))
    const asked = nameOfRequest(request)
    const missing = () =>
      request.refuse('delivery_not_found', `The webhook ${webhookId} has no delivery ${deliveryId} any more.`)
    const check = async (): Promise<void> => {
      await expectOn(deps, request)
      const found = await load(store, codec, place)
      if (found === undefined || !isKnown(found.state, clock.now())) throw missing()
    }
    return performOnce(deps, request, check, async () => {
      const after = await update(deps, codec, place, originOf(deps, request), (found) => {
        if (found === undefined) throw missing()
        // The same request begins one round, however often it is tried.
        return found.state.askedBy === asked ? undefined : { state: again(found.state, clock.now(), asked), emits: [] }
      })
      if (after === undefined) throw missing()
      await wakeUps.wake(webhookId)
      return { body: shown(after, await attemptsIn(store, after)) }
    })
  }
}

/** Sends what has failed since a time once more, a hundred at a time. What is asked for twice is sent once. */
export function redeliverFailedDeliveries(deps: WebhookDeps): Handler<typeof webhookRoutes.redeliverFailedDeliveries> {
  const { store, clock, wakeUps } = deps
  return async (request) => {
    const { body, query, params, refuse, requestId } = request
    const began = clock.now()
    const origin = originOf(deps, request)
    await expectOn(deps, request)
    const times = timesOf({ from: body.since, cursor: query.cursor }, (end) => end, began, refuse)
    let redelivered = 0
    const bounds = { limit: mostAtOnce, mostPages: 2 * mostPages, began }
    const { cursor } = await walkDown(clock, times, bounds, async (to, wanted) => {
      const { items, next } = await pageOf(store, params.id, { ...times, to, wanted })
      const failed = items.map(deliveryOf).filter((delivery) => isOver(delivery, began) && isKnown(delivery, began))
      await sideBySide(failed, atOnce, ({ place }) =>
        update(deps, deliveryItem(keyOf(params.id, place)), place, origin, (found) =>
          found && isOver(found.state, began)
            ? { state: again(found.state, clock.now(), requestId), emits: [] }
            : undefined,
        ),
      )
      redelivered += failed.length
      return { items: failed, next }
    })
    if (redelivered > 0) await wakeUps.wake(params.id)
    return { body: { redelivered, ...(cursor !== undefined && { cursor }) } }
  }
}

/** Whether it has failed, or will be given up as soon as somebody sees it: its webhook was off meanwhile. */
const isOver = (delivery: Placed, now: number): boolean =>
  delivery.state === 'failed' || (delivery.state === 'pending' && isTooLate(delivery, now))

/** The same for a request that is tried again. */
const nameOfRequest = ({
  caller,
  idempotencyKey,
  requestId,
}: Pick<Request<typeof webhookRoutes.testWebhook>, 'caller' | 'idempotencyKey' | 'requestId'>): string =>
  digest(caller.id, idempotencyKey ?? requestId)

type OfEndpoint = Pick<
  Request<typeof webhookRoutes.testWebhook | typeof webhookRoutes.redeliverFailedDeliveries>,
  'params' | 'refuse'
>

/** Refuses where nothing would be sent. */
async function expectOn(deps: WebhookDeps, { params, refuse }: OfEndpoint): Promise<void> {
  const { active } = await endpointFor(deps, { params, refuse })
  if (!active) throw refuse('webhook_off', `The webhook ${params.id} is paused or off.`)
}
