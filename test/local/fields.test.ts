import { beforeAll, describe, expect, it } from 'vitest'
import { routes } from '../../schemas/client.ts'
import { type RouteName, fieldsOf } from '../contracts/request-fields.ts'
import { type Evidence, evidence } from './evidence.ts'
import { isLocal, signIn } from './target.ts'

/** Fields that are not in a body, and what shows their effect. */
const shownBy: readonly (readonly [RegExp, string])[] = [
  [/^params /, 'who-may: another id is 404, and the right one is answered'],
  [/^header Idempotency-Key$/, 'the tests of repeated requests, route by route'],
  [/^header Prefer$/, 'orders: an order that waits is answered with the result of inventory'],
  [/^query (limit|cursor)$/, 'the tests of each list: pages as long as asked for, which lose nothing'],
  [/^listProducts query (category|q)$/, 'catalog-search: what a search finds'],
  [/^listAudit query (actor|subject|from|to)$/, 'audit: what a filter leaves'],
  [/^listEvents query (types|orderId)$/, 'notifications-feed-read: what of the feed is listed'],
  [/^listNotifications query unread$/, 'notifications: what is unread'],
  [/^(getDailyReport|getFunnel|listTopProducts) query (from|to|by|currency)$/, 'analytics: what the days have'],
  [
    /^redeliverFailedDeliveries (body )?(since|cursor)$/,
    'webhook-receivers: what has failed since then is sent again, step by step',
  ],
  [/^listUsers query q$/, 'users-search: what a search finds'],
  [/^listOrders query (status|customerId|from|to)$/, 'orders-listing: what a filter leaves'],
  [/^listOrders query (updatedSince|reference|number|email)$/, 'orders-filters: what a filter leaves'],
  [/^getOrder query expand$/, 'orders-expand and expand: what comes with the order'],
  [/^listPaymentsOnHold query onHold$/, 'takes one value, and decides what is listed'],
  [/^listStock query sku$/, 'runtime-kept-answers: the stock of these skus'],
  [/^listLevels query (low|warehouseId|deleted)$/, 'inventory-level-lists: what a filter leaves'],
  [/^listReservations query (status|expiresBefore|orderId)$/, 'inventory-reservation-list: what a filter leaves'],
  [/^listWork query (warehouseId|status)$/, 'shipping: what a filter leaves'],
  [/^(importProducts|receiveWebhook) text$/, 'catalog-import and payments-webhooks: the text is parsed field by field'],
]

const isShownElsewhere = (name: RouteName, field: string): boolean =>
  shownBy.some(([pattern]) => pattern.test(field) || pattern.test(`${name} ${field}`))

const bodyFields = (name: RouteName): readonly string[] =>
  fieldsOf(routes[name])
    .filter((field) => !isShownElsewhere(name, field))
    .map((field) => field.replace(/^body /, ''))

let evidences: ReturnType<typeof evidence>

beforeAll(async () => {
  const [operator, customer] = await Promise.all([signIn('operator'), signIn('customer')])
  evidences = evidence(operator, customer)
})

/** What stands at a path such as `lines[].sku`; of lists, in the first element. */
function at(value: unknown, path: string): unknown {
  return path.split(/\.|(?=\[\])/).reduce<unknown>((found, part) => {
    if (part === '[]') return (found as readonly unknown[] | undefined)?.[0]
    return (found as Readonly<Record<string, unknown>> | undefined)?.[part]
  }, value)
}

const takesFields = (Object.keys(routes) as RouteName[]).filter((name) => bodyFields(name).length > 0)

describe.runIf(isLocal)('every field of a request has an effect that is seen', () => {
  it.each(takesFields)('%s', async (name) => {
    const found: Evidence | undefined = await evidences[name]?.()
    expect(found, `test/local/evidence.ts has nothing for ${name}`).toBeDefined()
    const { body, answer, elsewhere = {} } = found!
    for (const field of bodyFields(name)) {
      const [wanted, seen] = elsewhere[field] ?? [at(body, field), at(answer, field)]
      expect(wanted, `${field} is not in the evidence`).toBeDefined()
      expect(seen, field).toEqual(wanted)
    }
  })
})
