import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What goes wrong with the next call of an operation, such as `POST /v1/payment_intents`. */
export type Mishap = 'no answer before' | 'no answer after' | '500 before' | '500 after'

export interface Intent {
  readonly id: string
  readonly amount: number
  readonly currency: string
  readonly payment_method: string
  readonly metadata: Readonly<Record<string, string>>
  readonly created: number
  status: 'requires_payment_method' | 'requires_capture' | 'succeeded' | 'canceled' | 'processing'
  amount_capturable: number
  amount_received: number
  refunded: number
  last_payment_error: object | null
}

export interface Refund {
  readonly id: string
  readonly payment_intent: string
  readonly amount: number
  readonly metadata: Params
  readonly created: number
  status: string
  failure_reason?: string
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

type Params = Readonly<Record<string, string>>

/** How cards of Stripe's test mode behave. */
const declines: Readonly<Record<string, { code: string; decline_code?: string }>> = {
  pm_card_chargeDeclined: { code: 'card_declined', decline_code: 'generic_decline' },
  pm_card_insufficientFunds: { code: 'card_declined', decline_code: 'insufficient_funds' },
  pm_card_chargeDeclinedExpiredCard: { code: 'expired_card' },
  pm_card_authenticationRequired: { code: 'authentication_required', decline_code: 'authentication_required' },
}

/**
 * Stripe as its API reference has it, as far as payments go there: payment intents with manual capture, refunds, search, idempotency keys
 * whose first answer is given again whatever it was. Nothing of it is Stripe's code.
 */
export class StripeServer {
  readonly intents = new Map<string, Intent>()
  readonly refunds: Refund[] = []
  /** The status of the next refunds, in the place of `succeeded`. */
  readonly refundStatuses: string[] = []
  /** Every request: method, path, idempotency key. */
  readonly requests: { readonly operation: string; readonly key: string | undefined; readonly params: Params }[] = []
  /** Answers that were given to a key before. */
  readonly kept = new Map<string, Answer>()
  /** The time there, in milliseconds since 1970. */
  now: () => number = () => 0
  /** The most that a page of a list holds, whatever is asked for. */
  pageSize = 100
  /** What happens to a next call. */
  readonly mishaps = new Map<string, Mishap[]>()
  private readonly server: Server

  constructor() {
    this.server = createServer((request, response) => void this.answer(request, response))
  }

  async start(): Promise<{ host: string; port: number; protocol: 'http' }> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    return { host: '127.0.0.1', port: (this.server.address() as AddressInfo).port, protocol: 'http' }
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  fail(operation: string, ...mishaps: readonly Mishap[]): void {
    this.mishaps.set(operation, [...mishaps])
  }

  intent(): Intent {
    const [intent] = this.intents.values()
    if (!intent) throw new Error('There is no payment intent.')
    return intent
  }

  /** An intent as events and answers show it. */
  shown({ refunded, ...intent }: Intent): object {
    const charge = {
      object: 'charge',
      id: `ch_${intent.id}`,
      refunded: refunded > 0 && refunded >= intent.amount_received,
      amount_refunded: refunded,
    }
    return { object: 'payment_intent', ...intent, latest_charge: charge }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://stripe')
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const params = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString() || url.search))
    const header = request.headers['idempotency-key']
    const key = typeof header === 'string' ? header : undefined
    const operation = `${request.method} ${url.pathname.replace(/(pi|re)_\w+/, '{id}')}`
    this.requests.push({ operation, key, params })
    const mishap = this.mishaps.get(operation)?.shift()
    if (mishap === 'no answer before') return void request.socket.destroy()
    const known = key === undefined ? undefined : this.kept.get(key)
    const made = known ?? (mishap === '500 before' ? failed : this.perform(request.method ?? '', url.pathname, params))
    const given = mishap === '500 after' ? failed : made
    if (key !== undefined) this.kept.set(key, given)
    if (mishap === 'no answer after') return void request.socket.destroy()
    response.writeHead(given.status, {
      'content-type': 'application/json',
      'request-id': 'req_1',
      ...(known && { 'idempotent-replayed': 'true' }),
    })
    response.end(JSON.stringify(given.body))
  }

  private perform(method: string, path: string, params: Params): Answer {
    const [, , resource, id = '', action = ''] = path.split('/')
    if (resource === 'refunds' && id !== '') return { status: 200, body: this.refunds.find((made) => made.id === id) }
    if (resource === 'refunds') return method === 'POST' ? this.refund(params) : this.listRefunds(params)
    if (resource !== 'payment_intents') return invalid(404, 'resource_missing')
    if (id === '') return method === 'POST' ? this.create(params) : this.listIntents(params)
    if (id === 'search') return this.search(params['query'] ?? '')
    const intent = this.intents.get(id)
    if (!intent) return invalid(404, 'resource_missing', 'intent')
    if (action === 'capture') return this.capture(intent)
    if (action === 'cancel') return this.cancel(intent)
    return { status: 200, body: this.shown(intent) }
  }

  private create(params: Params): Answer {
    const method = params['payment_method'] ?? params['confirmation_token'] ?? ''
    if (!/^(pm_card|ctoken)_/.test(method)) return invalid(400, 'resource_missing', 'payment_method')
    const amount = Number(params['amount'])
    if (amount < 30) return invalid(400, 'amount_too_small', 'amount')
    const decline = declines[method]
    const intent: Intent = {
      id: `pi_${this.intents.size + 1}`,
      amount,
      currency: params['currency'] ?? '',
      payment_method: method,
      metadata: metadataOf(params),
      created: this.second(),
      status: decline ? 'requires_payment_method' : 'requires_capture',
      amount_capturable: decline ? 0 : amount,
      amount_received: 0,
      refunded: 0,
      last_payment_error: decline ? { type: 'card_error', ...decline } : null,
    }
    this.intents.set(intent.id, intent)
    if (!decline) return { status: 200, body: this.shown(intent) }
    const error = { type: 'card_error', message: 'Your card was declined.', ...decline }
    return { status: 402, body: { error: { ...error, payment_intent: this.shown(intent) } } }
  }

  private search(query: string): Answer {
    const wanted = [...query.matchAll(/metadata\['(\w+)'\]:'(\w+)'/g)]
    const found = [...this.intents.values()].filter(({ metadata }) =>
      wanted.every(([, name = '', value]) => metadata[name] === value),
    )
    const data = found.map((intent) => this.shown(intent))
    return { status: 200, body: { object: 'search_result', data, has_more: false, url: '/v1/payment_intents/search' } }
  }

  private capture(intent: Intent): Answer {
    if (intent.status !== 'requires_capture') return this.unexpected(intent)
    Object.assign(intent, { status: 'succeeded', amount_received: intent.amount_capturable, amount_capturable: 0 })
    return { status: 200, body: this.shown(intent) }
  }

  private cancel(intent: Intent): Answer {
    if (intent.status === 'succeeded' || intent.status === 'canceled') return this.unexpected(intent)
    Object.assign(intent, { status: 'canceled', amount_capturable: 0 })
    return { status: 200, body: this.shown(intent) }
  }

  private unexpected(intent: Intent): Answer {
    const { status, body } = invalid(400, 'payment_intent_unexpected_state')
    return { status, body: { error: { ...body.error, payment_intent: this.shown(intent) } } }
  }

  private refund(params: Params): Answer {
    const intent = this.intents.get(params['payment_intent'] ?? '')
    if (!intent) return invalid(404, 'resource_missing', 'payment_intent')
    const amount = Number(params['amount'])
    if (intent.refunded >= intent.amount_received) return invalid(400, 'charge_already_refunded')
    if (amount > intent.amount_received - intent.refunded) return invalid(400, 'charge_not_refundable', 'amount')
    intent.refunded += amount
    const refund: Refund = {
      id: `re_${this.refunds.length + 1}`,
      payment_intent: intent.id,
      amount,
      metadata: metadataOf(params),
      created: this.second(),
      status: this.refundStatuses.shift() ?? 'succeeded',
    }
    this.refunds.push(refund)
    return { status: 200, body: { object: 'refund', ...refund } }
  }

  /** A refund comes back to Stripe, days after it succeeded. */
  takeBack(refund: Refund, failure_reason: string): void {
    Object.assign(refund, { status: 'failed', failure_reason })
    const intent = this.intents.get(refund.payment_intent)
    if (intent) intent.refunded -= refund.amount
  }

  private listRefunds(params: Params): Answer {
    const wanted = params['payment_intent']
    const made = this.refunds.filter(({ payment_intent }) => wanted === undefined || payment_intent === wanted)
    if (params['expand[0]'] !== 'data.payment_intent.latest_charge') return this.page('/v1/refunds', made, params)
    const expanded = made.map(({ payment_intent, ...refund }) => {
      const intent = this.intents.get(payment_intent)
      return { ...refund, payment_intent: intent ? this.shown(intent) : payment_intent }
    })
    return this.page('/v1/refunds', expanded, params)
  }

  private listIntents(params: Params): Answer {
    const shown = [...this.intents.values()].map((intent) => ({ ...intent, ...this.shown(intent) }))
    return this.page('/v1/payment_intents', shown, params)
  }

  /** The newest first, of the time that is asked for, from behind the last one of the page before. */
  private page(url: string, all: readonly { readonly id: string; readonly created: number }[], params: Params): Answer {
    const [from, to] = [Number(params['created[gte]'] ?? 0), Number(params['created[lte]'] ?? Infinity)]
    const found = all.filter(({ created }) => created >= from && created <= to).toReversed()
    const begin = found.findIndex(({ id }) => id === params['starting_after']) + 1
    const end = begin + Math.min(this.pageSize, Number(params['limit'] ?? 10))
    const body = { object: 'list', data: found.slice(begin, end), has_more: end < found.length, url }
    return { status: 200, body }
  }

  private second(): number {
    return Math.floor(this.now() / 1_000)
  }
}

const metadataOf = (params: Params): Params =>
  Object.fromEntries(
    Object.entries(params).flatMap(([name, value]) => {
      const of = /^metadata\[(\w+)\]$/.exec(name)?.[1]
      return of ? [[of, value]] : []
    }),
  )

const failed: Answer = { status: 500, body: { error: { type: 'api_error', message: 'An unknown error occurred.' } } }

const invalid = (status: number, code: string, param?: string) => ({
  status,
  body: { error: { type: 'invalid_request_error', code, message: `No: ${code}`, ...(param && { param }) } },
})
