import type { SQSEvent } from 'aws-lambda'
import { wakeUp } from '../../../functions/notifications/adapters/wake-up-consumer.ts'
import { type WakeUps, sqsWakeUps } from '../../../functions/notifications/adapters/wake-ups.ts'
import { webhookHandlers } from '../../../functions/notifications/http.ts'
import { sweepNotifications } from '../../../functions/notifications/on/due.ts'
import { makeDeliveries } from '../../../functions/notifications/on/webhooks/make-deliveries.ts'
import { sendDue } from '../../../functions/notifications/on/webhooks/send-due.ts'
import { sqsDeadLetters } from '../../../functions/runtime/dead-letters.sqs.ts'
import { dispatch } from '../../../functions/runtime/http.ts'
import { sqsQueue } from '../../../functions/runtime/queue.sqs.ts'
import { stages } from '../../../lib/stages.ts'
import { retentionDays, timeouts, visibilityTimeoutOf } from '../../../lib/delivery.ts'
import { QueueConsumer } from '../../../localstack/lambda/queue-consumer.ts'
import type { OutgoingMessage } from '../../../localstack/sqs/message.ts'
import { Queue } from '../../../localstack/sqs/queue.ts'
import { publicEvents } from '../../../schemas/topology.ts'
import { webhookRoutes } from '../../../schemas/webhooks.ts'
import { byClaims } from '../../claims.ts'
import { sqsOf } from '../engine/aws-clients.ts'
import { arn, place } from '../engine/place.ts'
import type { Process } from '../engine/processes.ts'
import { type Reply, gatewayEvent, replyOf } from '../engine/request.ts'
import { disorderOf } from '../faults/faults.ts'
import { Violation } from '../invariants/violation.ts'
import type { Published } from './inbox-events.ts'
import { Listener } from './listener.ts'
import { FakeReceivers } from './receivers.ts'
import { type Named, WebhookWatch } from './webhook-watch.ts'

const hourMs = 3_600_000
const minuteMs = 60_000
const { webhooksInFlight } = stages.prod

/**
 * The webhooks of a shop. Its events come at their time or late, in any order and often; receivers hang, fail, ask to wait and are gone,
 * and are good again later or never; functions die, clocks differ; operators pause, delete and rotate, and have things sent once more.
 */
export class Webhooks {
  readonly #listener: Listener
  readonly #queue: Queue
  readonly #watch: WebhookWatch
  readonly #receivers: FakeReceivers
  readonly #due = new Map<string, number>()
  readonly #swept = new Set<number>()
  readonly #deadlines = new Map<string, number>()
  #endsAt = Infinity
  #requests = 0
  #secrets = 0

  constructor(seed: number, now: number) {
    const listener = new Listener(seed, now, {
      service: 'notifications',
      consumes: publicEvents,
      consumer: (process, store) => makeDeliveries({ store, clock: process.clock, wakeUps: this.#wakeUps(process) }),
      onChange: (before, after) => {
        this.#watch.changed(before, after)
        const item = after ?? before
        if (item?.sk !== 'pump') return
        if (after === undefined) this.#due.delete(item.pk)
        else this.#arm(item.pk, Number(after['dueSk']))
      },
    })
    this.#listener = listener
    const { clock, chance, faults } = listener
    const isLate = (process: string): boolean => clock.now() > (this.#deadlines.get(process) ?? Infinity) - 10_000
    this.#receivers = new FakeReceivers(clock, chance, (sent, headers) => {
      this.#watch.begun(sent, headers, isLate)
      // While it is under way.
      if (faults.areOn && chance.maybe(0.02))
        clock.at(clock.now() + chance.between(5, 3_000), () => this.#expected(this.#redeliver(this.#watch.whose(sent))))
    })
    this.#watch = new WebhookWatch(listener, this.#receivers, webhooksInFlight)
    const name = 'wake-ups'
    const disorder = disorderOf(faults)
    const kept = { retentionSeconds: retentionDays * 86_400, visibilityTimeoutSeconds: visibilityTimeoutOf('deliver') }
    this.#queue = new Queue({ name, arn: arn('sqs', name), ...kept }, { clock, random: chance.random, disorder })
    const settings = { region: place.region, reportBatchItemFailures: true, maximumConcurrency: 25, batchSize: 1 }
    new QueueConsumer(this.#queue, settings, { clock, invoke: (event: SQSEvent) => this.#deliver(event) }).start()
  }

  /** Lets the events come, and holds what receivers got against them. Throws `Violation`. */
  async check(events: readonly Published[]): Promise<void> {
    const { clock, chance, faults } = this.#listener
    const first = clock.now()
    const last = Math.max(first, ...events.map(({ at }) => at))
    const goodAt = last + chance.pick([1, 5, 40, 71, 80]) * hourMs
    this.#endsAt = last + 180 * hourMs
    for (let count = chance.between(1, 3); count > 0; count -= 1)
      clock.at(first, () => this.#expected(this.#create(goodAt)))
    faults.begin()
    for (const { body, at } of events) {
      const late = faults.strikes('delay') ? chance.below(25 * hourMs) : chance.between(30, 2_000)
      this.#listener.deliver(body, Math.max(at, clock.now()) + late)
    }
    for (let count = chance.below(8); count > 0; count -= 1)
      clock.at(first + chance.below(last - first + chance.pick([1, 80]) * hourMs), () => this.#act(goodAt))
    clock.at(last + chance.pick([2, 30]) * hourMs, () => faults.end())
    await this.#listener.rest()
    if (this.#queue.messages().length > 0) throw new Violation('queues become empty', 'a webhook is woken at rest')
    this.#watch.check(events)
  }

  #wakeUps = (process: Process): WakeUps => sqsWakeUps(sqsOf(process, this.#queue), this.#queue.settings.name)

  #seals = {
    seal: async (secret: string, of: string) => `${of} ${secret}`,
    open: async (sealed: string, of: string) => sealed.slice(of.length + 1),
  }

  /** One of the functions that send; some have clocks that are off. */
  async #deliver(event: SQSEvent) {
    const { clock, chance, faults } = this.#listener
    const skewMs = faults.strikes('skew') ? chance.pick([-4_000, 4_000]) : 0
    let name = ''
    const timeoutMs = timeouts.deliver * 1_000
    const result = await this.#listener.invoke(
      'deliver',
      (process) => {
        name = process.name
        this.#deadlines.set(name, clock.now() + timeoutMs)
        const { random } = chance
        const deps = {
          store: this.#listener.storeOf(process),
          clock: process.clock,
          random,
          receivers: this.#receivers.of(process),
          seals: this.#seals,
          wakeUps: this.#wakeUps(process),
          inFlight: webhooksInFlight,
        }
        const parked = (message: OutgoingMessage): void => {
          this.#listener.violation ??= new Violation('no webhook fails unexpectedly', message.MessageBody)
        }
        return wakeUp(
          {
            send: (webhookId, until, isLook) => sendDue(deps, webhookId, until, isLook),
            deadLetters: sqsDeadLetters(sqsOf(process, this.#queue, parked), 'parked'),
            queue: sqsQueue(sqsOf(process, this.#queue), this.#queue.settings.name),
            clock: process.clock,
            random,
          },
          event,
          timeoutMs,
        )
      },
      skewMs,
    )
    this.#receivers.underWay.delete(name)
    return result
  }

  #arm(pump: string, due: number): void {
    const { clock } = this.#listener
    this.#due.set(pump, due)
    const minute = Math.ceil(Math.max(due, clock.now() + 1) / minuteMs) * minuteMs
    if (this.#swept.has(minute) || (minute > this.#endsAt && !this.#watch.isPending())) return
    if (minute > this.#endsAt + 100 * hourMs) {
      this.#listener.violation ??= new Violation('everything is sent in the end', pump)
      return
    }
    this.#swept.add(minute)
    clock.at(minute, () => {
      this.#listener
        .invoke('sweep', (process) => {
          const deps = {
            store: this.#listener.storeOf(process),
            clock: process.clock,
            random: this.#listener.chance.random,
          }
          return sweepNotifications(deps, this.#wakeUps(process))
        })
        .catch(() => {})
      for (const [each, at] of this.#due) if (at <= minute) this.#arm(each, minute + 1)
    })
  }

  /** Something that an operator does. */
  #act(goodAt: number): void {
    const { chance } = this.#listener
    const ids = this.#watch.ids()
    if (ids.length === 0) return
    const params = { id: chance.pick(ids) }
    const acted = chance.pick([
      () => this.#create(goodAt),
      () => this.#request('PATCH /webhooks/{id}', { params, body: { active: false } }),
      () => this.#request('PATCH /webhooks/{id}', { params, body: { active: true } }),
      () => this.#request('PATCH /webhooks/{id}', { params, body: { active: true } }),
      () => this.#comeBack(params),
      () => this.#request('DELETE /webhooks/{id}', { params }),
      () => this.#request('POST /webhooks/{id}/rotate', { params, body: { overlapSeconds: chance.pick([0, 600]) } }),
      () => this.#request('POST /webhooks/{id}/redeliver', { params, body: { since: '2020-01-01T00:00:00Z' } }),
      () => this.#redeliver(this.#watch.some(params.id)),
      () => this.#redeliver(this.#watch.some(params.id)),
    ])
    this.#expected(acted())
  }

  #expected(acting: Promise<unknown>): void {
    acting.catch((error: unknown) => {
      this.#listener.violation ??= new Violation('no handler fails in a way that nobody expects', String(error))
    })
  }

  /** Pauses an endpoint for longer than deliveries are tried, and has what waited sent while the endpoint is woken. */
  async #comeBack(params: { readonly id: string }): Promise<void> {
    const { clock, chance } = this.#listener
    const active = (active: boolean) => this.#request('PATCH /webhooks/{id}', { params, body: { active } })
    await active(false)
    clock.at(clock.now() + chance.between(74, 90) * hourMs, () => {
      this.#expected(active(true))
      for (let count = chance.between(1, 5); count > 0; count -= 1)
        clock.at(clock.now() + chance.below(400), () => this.#expected(this.#redeliver(this.#watch.some(params.id))))
    })
  }

  async #create(goodAt: number): Promise<void> {
    const { chance } = this.#listener
    const events = chance.pick([
      ['*'],
      ['order.*'],
      ['order.*', 'order.placed'],
      ['*', 'stock.low'],
      ['order.confirmed'],
    ])
    const body = { url: this.#receivers.open(goodAt), events }
    await this.#request('POST /webhooks', { body })
  }

  async #redeliver(delivery: Named | undefined): Promise<void> {
    if (delivery === undefined) return
    const { webhookId: id } = delivery
    const route = 'POST /webhooks/{id}/deliveries/{deliveryId}/redeliver'
    const askedAt = this.#listener.clock.now()
    const reply = await this.#request(route, { params: { id, deliveryId: delivery.id } })
    if (reply.status === 202) this.#watch.promised(id, delivery.eventId, askedAt)
  }

  async #request(route: string, asked: { params?: Record<string, string>; body?: unknown }): Promise<Reply> {
    const requestId = `hook-${(this.#requests += 1)}`
    const event = gatewayEvent({ as: { sub: 'boss', roles: 'operator' }, route, ...asked }, requestId)
    const ended = await this.#listener.run('http', (process) => {
      const handlers = webhookHandlers({
        store: this.#listener.storeOf(process),
        clock: process.clock,
        random: this.#listener.chance.random,
        seals: this.#seals,
        wakeUps: this.#wakeUps(process),
        reach: 'public',
        newWebhookId: () => `whk_${String((this.#requests += 1)).padStart(26, '0')}`,
        newSecret: () => Buffer.alloc(32, (this.#secrets += 1)),
      })
      return dispatch(webhookRoutes, handlers, byClaims)(event)
    })
    return replyOf(ended, requestId)
  }
}
