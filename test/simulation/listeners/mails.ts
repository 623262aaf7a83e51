import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { mailBatch } from '../../../functions/notifications/adapters/mailing.ts'
import { contactKey } from '../../../functions/notifications/store/contact-item.ts'
import { idOf } from '../../../functions/notifications/store/message-item.ts'
import { isOver } from '../../../functions/notifications/store/warning-item.ts'
import type { Mail } from '../../../functions/runtime/mail.ts'
import type { Item } from '../../../functions/runtime/store.ts'
import { type Chance, chanceOf } from '../../../bin/fuzz/chance.ts'
import { stream } from '../../../lib/delivery.ts'
import { StreamConsumer } from '../../../localstack/lambda/stream-consumer.ts'
import { detailTypeOf, sourceOf } from '../../../schemas/contract.ts'
import { events } from '../../../schemas/users.ts'
import { arn } from '../engine/place.ts'
import type { Process } from '../engine/processes.ts'
import { Violation } from '../invariants/violation.ts'
import type { Listener } from './listener.ts'

const hourMs = 3_600_000
/** Longer than a function lives that has read where a mail goes, in milliseconds. */
const lifeMs = 60_000
/** The stream has this many shards. */
const shards = 3

/** What the table says of where the mails of a user go, since when. */
interface Stand {
  readonly at: number
  readonly email: string | undefined
}

/**
 * The mails of a shop. Customers prove addresses, change them, and switch their mails off and on; what is known of that comes late, twice
 * and in disorder. SES is away now and then, and answers get lost.
 */
export class Mails {
  readonly #listener: Listener
  readonly #chance: Chance
  readonly #stream: StreamConsumer
  readonly #stands = new Map<string, Stand[]>()
  /** The newest that was published of each customer. */
  readonly #published = new Map<string, { readonly version: number; readonly email?: string }>()
  readonly #messages: { readonly item: Item; readonly at: number }[] = []
  readonly #mails: { readonly mail: Mail; readonly at: number }[] = []
  readonly #over = new Map<string, number>()
  #awayFrom = Infinity
  #awayTo = Infinity
  #sequence = 0

  constructor(listener: Listener, seed: number) {
    this.#listener = listener
    this.#chance = chanceOf(seed + 2_300_000_001)
    const { clock } = listener
    this.#stream = new StreamConsumer(
      {
        streamArn: arn('dynamodb', 'table/notifications'),
        functionArn: arn('lambda', 'notifications-mails'),
        batchSize: this.#chance.pick([1, 3, 25]),
        maximumRetryAttempts: stream.retryAttempts,
        maximumRecordAgeSeconds: stream.recordAgeHours * 3_600,
        bisectBatchOnFunctionError: true,
        reportBatchItemFailures: true,
      },
      {
        clock,
        random: this.#chance.random,
        invoke: (event: DynamoDBStreamEvent) => listener.invoke('mails', (process) => this.#mail(process, event)),
        onFailure: async () => {
          listener.violation ??= new Violation('no record is given up', 'the stream of messages has lost some')
        },
      },
    )
  }

  /** Lets customers prove addresses and change their minds, from now until then. */
  plan(customers: readonly string[], until: number): void {
    const { clock } = this.#listener
    const spanMs = Math.max(1, until - clock.now())
    for (const userId of customers) {
      const versions = this.#chance.pick([0, 1, 1, 1, 3])
      for (let version = 2; version < 2 + versions; version += 1) {
        const email = this.#chance.maybe(0.7) ? `${version}@example.com` : undefined
        const known = { version, ...(email !== undefined && { email }) }
        this.#published.set(userId, known)
        const times = this.#chance.pick([1, 1, 2])
        for (let time = 0; time < times; time += 1)
          this.#listener.deliver(
            textOf(userId, known),
            clock.now() + (this.#chance.maybe(0.6) ? this.#chance.below(100) : this.#chance.below(spanMs)),
          )
      }
    }
    if (!this.#chance.maybe(0.3)) return
    this.#awayFrom = clock.now() + this.#chance.below(spanMs)
    this.#awayTo = this.#awayFrom + this.#chance.below(6 * hourMs)
  }

  /** Takes a changed item of the table in. */
  changed(before: Item | undefined, after: Item): void {
    const { clock } = this.#listener
    const now = clock.now()
    if (after.sk === contactKey('').sk) {
      const stands = this.#stands.get(after.pk) ?? []
      this.#stands.set(after.pk, [...stands, { at: now, email: after['email'] as string | undefined }])
    }
    if (after.sk === 'hold' && isOver(after)) this.#over.set(after.pk, now)
    if (before !== undefined || after['kind'] === undefined || !after.pk.startsWith('user_')) return
    this.#messages.push({ item: after, at: now })
    const sequence = (this.#sequence += 1)
    const { pk, sk } = after
    const record = {
      eventName: 'INSERT',
      dynamodb: { SequenceNumber: String(sequence * 7), Keys: { pk, sk }, NewImage: after },
    } as unknown as DynamoDBRecord
    const shard = `shard-${pk.charCodeAt(pk.length - 1) % shards}`
    const times = this.#chance.maybe(0.05) ? 2 : 1
    for (let time = 0; time < times; time += 1)
      this.#listener.later(now + 5 + time * 30_000, () => this.#stream.push([record], shard))
  }

  #mail(process: Process, event: DynamoDBStreamEvent) {
    const unavailable = (): Error => Object.assign(new Error('simulated'), { name: 'TooManyRequestsException' })
    const send = (mail: Mail): Promise<void> =>
      process.call({ what: 'SendEmail', kind: 'write', unavailable }, async () => {
        const now = this.#listener.clock.now()
        if (now >= this.#awayFrom && now < this.#awayTo) throw unavailable()
        this.#enter(mail, now)
      })
    const unmarshall = (image: unknown): Item => image as Item
    return mailBatch(
      { store: this.#listener.storeOf(process), clock: process.clock, mailer: { send }, unmarshall },
      event,
    )
  }

  /** A mail goes where its user reads mails, and says what is still so. */
  #enter(mail: Mail, at: number): void {
    this.#mails.push({ mail, at })
    const message = this.#messages.find(({ item }) => idOf(item) === mail.id)
    if (!message) throw new Error(`there is no message ${mail.id}`)
    const { item } = message
    const stands = this.#stands.get(item.pk) ?? []
    // What stood when the function was begun, or since.
    const first = stands.findLastIndex((stand) => stand.at <= at - lifeMs)
    if (!stands.slice(Math.max(0, first)).some(({ email }) => email === mail.to))
      this.#listener.violation ??= new Violation('mails go where they are read', `${item.pk}: ${mail.to}`)
    if (item['kind'] !== 'hold_ends') return
    const overAt = this.#over.get(String(item['orderId'])) ?? Infinity
    const { expiresAt } = item['values'] as { readonly expiresAt: string }
    if (Math.min(overAt, Date.parse(expiresAt)) < at - lifeMs)
      this.#listener.violation ??= new Violation('nobody is mailed a warning of what is over', String(item['orderId']))
  }

  /** At rest: everybody was mailed who reads mails, and what is known is what was published last. */
  check(): void {
    for (const [userId, { email }] of this.#published) {
      const stand = this.#stands.get(contactKey(userId).pk)?.at(-1)
      if (!stand || stand.email !== email)
        throw new Violation('the newest contact stands', `${userId}: ${stand?.email}, not ${email}`)
    }
    const mailed = new Set(this.#mails.map(({ mail }) => mail.id))
    for (const { item, at } of this.#messages) {
      const stands = this.#stands.get(item.pk) ?? []
      const isWanted = stands.some((stand) => stand.at < at) && stands.every(({ email }) => email !== undefined)
      if (isWanted && item['kind'] !== 'hold_ends' && !mailed.has(idOf(item)))
        throw new Violation('every message is mailed', `${item.pk} ${String(item['kind'])}`)
    }
  }
}

function textOf(userId: string, known: { readonly version: number; readonly email?: string }): string {
  const contract = events.userContact
  const id = `${userId}/user@${known.version}/${contract.name}`
  const detail = { id, time: '2026-03-01T00:00:00.000Z', correlationId: userId, causationId: 'request' }
  return JSON.stringify({
    source: sourceOf(contract),
    'detail-type': detailTypeOf(contract),
    detail: { ...detail, data: { userId, ...known } },
  })
}
