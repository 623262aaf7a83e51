import type { Endpoint } from '../../../functions/notifications/core/webhooks/endpoint.ts'
import { type Placed, deliveryOf } from '../../../functions/notifications/store/webhooks/delivery-item.ts'
import { endpointOf } from '../../../functions/notifications/store/webhooks/endpoint-item.ts'
import { type Sending, timeoutMs } from '../../../functions/notifications/adapters/receivers.ts'
import type { Item } from '../../../functions/runtime/store.ts'
import { Violation } from '../invariants/violation.ts'
import type { Published } from './inbox-events.ts'
import type { Listener } from './listener.ts'
import { type FakeReceivers, type Sent, knownMs, signersOf } from './receivers.ts'

const hourMs = 3_600_000
/** More requests than this within an hour are too many for a receiver that takes none. */
const mostInVain = 45

/** After these a function may have forgotten what a receiver answered. */
const forgetting = new Set([
  'crash',
  'throttle',
  'conflict',
  'doubt',
  'half-way',
  'slow',
  'unanswered',
  'stale',
  'skew',
])

/** A delivery, as the API names it. */
export interface Named {
  readonly webhookId: string
  readonly id: string
  readonly eventId: string
}

/** What is known of an endpoint: times are milliseconds since 1970. */
interface Known {
  readonly madeAt: number
  now: Endpoint | undefined
  /** When it was switched on for the last time, and when it ended to be on. */
  onSince: number
  offSince: number
  /** Whether it was ever off, and how often it was switched off by itself. */
  wasOff: boolean
  offs: number
  /** Each secret, and until when it may sign. */
  readonly secrets: Map<string, number>
  newestAt: number
}

/** Holds what receivers get against what operators and events ask for. */
export class WebhookWatch {
  readonly #listener: Listener
  readonly #receivers: FakeReceivers
  readonly #inFlight: number
  readonly #known = new Map<string, Known>()
  readonly #byUrl = new Map<string, string>()
  readonly #deliveries = new Map<string, Placed>()
  readonly #messages = new Map<string, number>()
  readonly #promised: { readonly id: string; readonly eventId: string; readonly at: number }[] = []

  constructor(listener: Listener, receivers: FakeReceivers, inFlight: number) {
    this.#listener = listener
    this.#receivers = receivers
    this.#inFlight = inFlight
  }

  ids(): readonly string[] {
    return [...this.#known].filter(([, { now }]) => now !== undefined).map(([id]) => id)
  }

  /** Any delivery of an endpoint. */
  some(webhookId: string): Named | undefined {
    const all = [...this.#deliveries.values()].filter((each) => each.webhookId === webhookId)
    return all.length === 0 ? undefined : named(this.#listener.chance.pick(all))
  }

  /** The delivery that a request is of. */
  whose({ url, eventId }: Sent): Named | undefined {
    const delivery = this.#deliveries.get(`${this.#byUrl.get(url)} ${eventId}`)
    return delivery && named(delivery)
  }

  /** Somebody was promised that a delivery is sent once more. */
  promised(id: string, eventId: string, at: number): void {
    this.#promised.push({ id, eventId, at })
  }

  /** Whether an endpoint that is on has something to send. */
  isPending(): boolean {
    return [...this.#deliveries.values()].some(
      ({ state, webhookId }) => state === 'pending' && this.#known.get(webhookId)?.now?.active,
    )
  }

  changed(before: Item | undefined, after: Item | undefined): void {
    const item = after ?? before
    if (item?.pk === 'webhooks') this.#endpointChanged(item.sk, after && endpointOf(after))
    if (after?.['delivery'] !== undefined) this.#deliveryChanged(before && deliveryOf(before), deliveryOf(after))
    if (after?.['kind'] === 'webhook_off') {
      const { webhookId } = after['values'] as { readonly webhookId: string }
      this.#messages.set(webhookId, (this.#messages.get(webhookId) ?? 0) + 1)
    }
  }

  #endpointChanged(id: string, after: Endpoint | undefined): void {
    const now = this.#listener.clock.now()
    const known: Known = this.#known.get(id) ?? {
      madeAt: now,
      now: undefined,
      onSince: now,
      offSince: Infinity,
      wasOff: false,
      offs: 0,
      secrets: new Map(),
      newestAt: now,
    }
    const before = known.now
    this.#known.set(id, known)
    known.now = after
    if (after) this.#byUrl.set(after.url, id)
    if (after?.active && !before?.active) {
      known.onSince = now
      known.offSince = Infinity
    }
    if (!after?.active) {
      known.wasOff = true
      known.offSince = Math.min(known.offSince, now)
    }
    if (after && after.secrets[0].sealed !== before?.secrets[0].sealed) known.newestAt = now
    for (const { sealed, until = Infinity } of after?.secrets ?? []) known.secrets.set(secretIn(sealed), until)
    if (after && before?.secrets)
      for (const { sealed } of before.secrets)
        if (!after.secrets.some((each) => each.sealed === sealed)) known.secrets.set(secretIn(sealed), now)
    if (after?.off && before?.active) known.offs += 1
    if (after?.off?.reason === 'failing' && before?.active) this.#checkHopeless(id, after.url, known)
  }

  /** Nobody is switched off who has not failed for three days, and has been on for as long. */
  #checkHopeless(id: string, url: string, { onSince }: Known): void {
    const since = this.#listener.clock.now() - 71 * hourMs
    const taken = this.#receivers.sent.some(
      (each) => each.url === url && (each.endedAt ?? 0) > since && isTaken(each) && isInTime(each),
    )
    if (taken || onSince > since) this.#violate('who is switched off has failed for three days', id)
  }

  #deliveryChanged(before: Placed | undefined, after: Placed): void {
    const name = `${after.webhookId} ${after.eventId}`
    const known = this.#deliveries.get(name)
    if (known && known.place !== after.place) this.#violate('an event is one delivery of an endpoint', name)
    if (before && before.state !== 'pending' && after.state === 'pending' && after.round === before.round)
      this.#violate('what is over stays over', name)
    this.#deliveries.set(name, after)
  }

  /** A request is on its way. */
  begun(sent: Sent, headers: Sending['headers'], isLate: (process: string) => boolean): void {
    const now = this.#listener.clock.now()
    const id = this.#byUrl.get(sent.url) ?? ''
    const known = this.#known.get(id)
    if (known === undefined) return this.#violate('requests go to endpoints alone', sent.url)
    if (known.offSince < now - knownMs) this.#violate('nothing goes to an endpoint that is off', id)
    if (isLate(sent.process)) this.#violate('an attempt has the time that it takes', id)
    const underWay = [...this.#receivers.underWay.values()].flatMap((all) => [...all])
    if (underWay.filter(({ url }) => url === sent.url).length > this.#inFlight)
      this.#violate('few attempts are under way at a time', id)
    const delivery = this.#deliveries.get(`${id} ${sent.eventId}`)
    if (delivery === undefined) this.#violate('what is sent is a delivery', sent.eventId)
    const signers = signersOf(sent, headers, [...known.secrets.keys()])
    const isOld = (secret: string): boolean => (known.secrets.get(secret) ?? 0) < now - knownMs
    const newest = known.now?.secrets[0].sealed
    if (signers.length === 0 || signers.some(isOld)) this.#violate('the secrets of now sign', id)
    if (newest !== undefined && known.newestAt < now - knownMs && !signers.includes(secretIn(newest)))
      this.#violate('the newest secret signs', id)
    this.#checkRest(sent, now)
  }

  /** A receiver that takes nothing is left alone, and one that asks to wait is waited for: where nothing is forgotten. */
  #checkRest(sent: Sent, now: number): void {
    const { rates } = this.#listener.faults
    if (Object.keys(rates).some((name) => forgetting.has(name))) return
    const earlier = this.#receivers.sent.filter((each) => each.url === sent.url && each !== sent)
    const lately = earlier.filter(({ at }) => at > now - hourMs)
    if (lately.length > mostInVain && lately.every((each) => !isTaken(each) && each.endedAt !== undefined))
      this.#violate('who takes nothing is left alone', sent.url)
    const asked = earlier.find(
      ({ status, endedAt = 0 }) => status === 429 && endedAt < now - 1_000 && now < endedAt + 890_000,
    )
    if (asked && this.#known.get(this.#byUrl.get(sent.url) ?? '')?.wasOff === false)
      this.#violate('who asks to wait is waited for', sent.url)
  }

  /** What must hold when nothing moves any more. */
  check(events: readonly Published[]): void {
    for (const [id, known] of this.#known) {
      const { now: endpoint } = known
      const of = [...this.#deliveries.values()].filter(({ webhookId }) => webhookId === id)
      if (endpoint?.active)
        for (const { state, eventId } of of)
          if (state === 'pending') throw new Violation('everything is sent in the end', `${id} ${eventId}`)
      if (endpoint?.active && !known.wasOff) this.#checkAll(id, endpoint, known.madeAt, events)
      if ((this.#messages.get(id) ?? 0) < known.offs) throw new Violation('operators know of what is off', id)
      if (endpoint && !endpoint.active && !endpoint.off && (this.#messages.get(id) ?? 0) > endpoint.activation)
        throw new Violation('operators know once', id)
    }
    for (const { id, eventId, at } of this.#promised) {
      const known = this.#known.get(id)
      if (!known?.now?.active || known.onSince > at) continue
      const { url } = known.now
      if (!this.#receivers.sent.some((each) => each.url === url && each.eventId === eventId && each.at >= at))
        throw new Violation('what is asked for again is sent again', `${id} ${eventId}`)
    }
  }

  /** An endpoint that was always on got all that it asked for. */
  #checkAll(id: string, { events: patterns, url }: Endpoint, madeAt: number, events: readonly Published[]): void {
    const wanted = events.filter(({ name, at }) => at > madeAt && patterns.some((pattern) => asksFor(pattern, name)))
    for (const { detail } of wanted) {
      const delivery = this.#deliveries.get(`${id} ${detail.id}`)
      if (delivery === undefined)
        throw new Violation('every event that is asked for is delivered', `${id} ${detail.id}`)
      const got = this.#receivers.sent.filter((each) => each.url === url && each.eventId === detail.id)
      const isDelivered = delivery.state === 'delivered'
      if (isDelivered !== (got.some(isTaken) && isDelivered) || (!isDelivered && got.length === 0))
        throw new Violation('what is delivered has arrived', `${id} ${detail.id} is ${delivery.state}`)
      if (this.#receivers.isGood(url) && Object.keys(this.#listener.faults.rates).length === 0 && got.length !== 1) {
        const again = this.#promised.filter((each) => each.id === id && each.eventId === detail.id).length
        if (got.length > 1 + again) throw new Violation('without a fault nothing is sent twice', `${id} ${detail.id}`)
      }
    }
  }

  #violate(promise: string, what: string): void {
    this.#listener.violation ??= new Violation(promise, what)
  }
}

const named = ({ webhookId, place, eventId }: Placed): Named => ({
  webhookId,
  id: `dlv_${place.replace('#', '_')}`,
  eventId,
})

/** What a pattern means, read by itself. */
const asksFor = (pattern: string, name: string): boolean => ['*', name, `${name.split('.')[0]}.*`].includes(pattern)

const isTaken = ({ status }: Sent): boolean => status === 200

/** What answers later has no listener any more. */
const isInTime = ({ at, endedAt = Infinity }: Sent): boolean => endedAt - at < timeoutMs

const secretIn = (sealed: string): string => sealed.slice(sealed.indexOf(' ') + 1)
