import type { LiveFrame } from '../../../schemas/live.ts'
import { Violation } from '../invariants/violation.ts'
import type { OrderTruth } from './order-truth.ts'

/** Somebody who connects, and when that one's rights end: milliseconds since 1970. */
export interface Person {
  readonly id: string
  readonly session: string
  readonly staff: boolean
  /** When the session is ended, and when the role is lost. */
  endedAt: number
  demotedAt: number
}

/** A change of rights is known four seconds late; a frame that was judged before may be under way for the rest, in milliseconds. */
const graceMs = 50_000

/** A connection as its client sees it. */
export class LiveSocket {
  readonly id: string
  readonly person: Person
  /** When its token ends. */
  readonly until: number
  readonly authorization: string
  open = true
  /** What it has asked for: how often, and until when. */
  readonly asked = new Map<string, { times: number; leftAt: number }>()
  readonly seen = new Map<string, number>()
  /** Orders whose state has come. */
  readonly followed = new Set<string>()
  asksAll = false
  /** Since when it follows all orders. */
  allSince = Infinity
  /** Messages that have not been answered. */
  waitsFor = 0
  /** Of its last request, whether it has to be made again. */
  unavailable = false

  constructor(id: string, person: Person, until: number) {
    this.id = id
    this.person = person
    this.until = until
    const claims = {
      sub: person.id,
      exp: until / 1_000,
      origin_jti: person.session,
      'cognito:groups': [person.staff ? 'operator' : 'customer'],
    }
    this.authorization = `Bearer head.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sign`
  }

  /** Whether the one behind it may see the order then, or could lately. */
  may(customerId: string, at: number, grace = 0): boolean {
    if (this.until + grace <= at || this.person.endedAt + grace <= at) return false
    return customerId === this.person.id || (this.person.staff && this.person.demotedAt + grace > at)
  }

  ask(orderId: string): void {
    this.asked.set(orderId, { times: (this.asked.get(orderId)?.times ?? 0) + 1, leftAt: Infinity })
  }

  leave(orderId: string, at: number): void {
    const asked = this.asked.get(orderId)
    if (asked) asked.leftAt = Math.min(asked.leftAt, at)
    this.followed.delete(orderId)
  }

  /** Takes a frame in. A violation where it must not have come. */
  take(frame: LiveFrame, at: number, truth: OrderTruth): Violation | undefined {
    if (frame.type === 'error') {
      this.unavailable ||= frame.code === 'unavailable'
      if (frame.orderId !== undefined) this.followed.delete(frame.orderId)
      return undefined
    }
    if (frame.type === 'subscribed' && 'orders' in frame && this.asksAll) this.allSince = Math.min(this.allSince, at)
    if (frame.type === 'subscribed' && 'orderId' in frame) {
      if (this.asked.get(frame.orderId)?.leftAt === Infinity) this.followed.add(frame.orderId)
      return this.#see(frame.orderId, frame.sequence, at, truth)
    }
    if (frame.type !== 'event') return undefined
    const { orderId, sequence } = frame.event
    const asked = this.asked.get(orderId)
    if (!this.asksAll && (asked === undefined || asked.leftAt + graceMs < at))
      return new Violation('nobody gets what nobody asked for', `${this.id}: ${orderId}`)
    if (!this.asksAll && !this.seen.has(orderId))
      return new Violation('the last state comes first', `${this.id}: ${frame.event.id}`)
    return this.#see(orderId, sequence, at, truth)
  }

  #see(orderId: string, sequence: number, at: number, truth: OrderTruth): Violation | undefined {
    if (!this.may(truth.ownerOf(orderId), at, graceMs))
      return new Violation(
        'nobody gets what that one may not see',
        `${this.id} of ${JSON.stringify(this.person)} ${this.until} at ${at}: ${orderId} of ${truth.ownerOf(orderId)}`,
      )
    const before = this.seen.get(orderId) ?? 0
    const once = (this.asked.get(orderId)?.times ?? 0) + (this.asksAll ? 1 : 0) <= 1
    if (once && sequence < before)
      return new Violation('what a connection sees goes forward', `${this.id}: ${orderId} ${before} ${sequence}`)
    // A client leaves out what is older than what it has.
    this.seen.set(orderId, Math.max(before, sequence))
    return undefined
  }
}
