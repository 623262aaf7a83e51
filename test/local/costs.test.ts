import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { advance, settle, state } from './control.ts'
import { type SignedIn, isLocal, place, signIn, stocked } from './target.ts'

/** Dollars per million, on demand in us-east-1, as AWS lists them in 2026. */
const prices = {
  writeUnits: 0.625,
  readUnits: 0.125,
  events: 1,
  /** Three requests each: sent, received, deleted. */
  messages: 1.2,
  invocations: 0.2,
  httpRequests: 1,
  timersFired: 1,
}

type Counts = Record<keyof typeof prices | 'calls', number>

const services = ['orders', 'inventory'] as const
type Of = (typeof services)[number]

/** What each service has used so far; the sweepers run by the clock, not by the order. */
async function used(since?: string): Promise<Record<Of, Counts> & { readonly lastEvent: string }> {
  const { calls, functions, events: shown } = await state()
  const events = shown.slice(shown.findLastIndex(({ id }) => id === since) + 1)
  const of = (service: Of): Counts => {
    const own = ({ name }: { name: string }) => name.includes(`-${service}-`) && !name.includes('Sweep')
    const made = calls.filter(({ caller }) => own({ name: caller }))
    const sum = (field: 'calls' | 'readUnits' | 'writeUnits') => made.reduce((total, call) => total + call[field], 0)
    return {
      calls: sum('calls'),
      writeUnits: sum('writeUnits'),
      readUnits: sum('readUnits'),
      events: events.filter(({ source }) => source === `holdfast.${service}`).length,
      messages: 0,
      invocations: functions.filter(own).reduce((total, { invocations }) => total + invocations, 0),
      httpRequests: 0,
      timersFired: 0,
    }
  }
  return { orders: of('orders'), inventory: of('inventory'), lastEvent: shown.at(-1)?.id ?? '' }
}

async function costOf(step: () => Promise<unknown>, more: Partial<Counts> & { messagesOf: Record<Of, number> }) {
  await settle()
  const before = await used()
  await step()
  await settle()
  const after = await used(before.lastEvent)
  const { messagesOf, ...own } = more
  const of = (service: Of): Counts => {
    const [was, is] = [before[service], after[service]]
    const spent = (field: 'calls' | 'writeUnits' | 'readUnits' | 'invocations') => is[field] - was[field]
    return {
      ...is,
      calls: spent('calls'),
      writeUnits: spent('writeUnits'),
      readUnits: spent('readUnits'),
      invocations: spent('invocations'),
      messages: messagesOf[service],
      ...(service === 'orders' && own),
    }
  }
  return { orders: of('orders'), inventory: of('inventory') }
}

const dollars = (counts: Counts): number =>
  Object.entries(prices).reduce((sum, [name, price]) => sum + counts[name as keyof typeof prices] * price, 0)

const row = (step: string, service: string, counts: Counts): string =>
  [
    '',
    step,
    service,
    counts.calls,
    counts.writeUnits,
    counts.readUnits,
    counts.events,
    counts.messages,
    counts.invocations,
    dollars(counts).toFixed(2),
    '',
  ].join('|')

/** The rows of docs/costs.md without the blanks that make them a table. */
function published(): string[] {
  const text = readFileSync(new URL('../../docs/costs.md', import.meta.url), 'utf8')
  return text
    .split('\n')
    .filter((line) => /^\|.*\| (orders|inventory) +\|/.test(line))
    .map((line) => line.replaceAll(/ *\| */g, '|'))
}

let operator: SignedIn
let customer: SignedIn

beforeAll(async () => {
  ;[operator, customer] = await Promise.all([signIn('operator'), signIn('customer')])
})

describe.runIf(isLocal)('an order of one line', () => {
  it('costs what docs/costs.md says, call by call and unit by unit', async () => {
    // Whatever other tests still hold ends before this one counts.
    await advance('25h')
    const sku = await stocked(operator, 9)
    const order = (request: object) => place(customer, { [sku]: 1 }, { ...request, waits: false })
    let id = ''
    const placed = await costOf(async () => ({ id } = await order({})), {
      httpRequests: 1,
      messagesOf: { orders: 1, inventory: 1 },
    })
    const approved = await costOf(() => operator.api.approveOrder({ params: { id } }), {
      httpRequests: 1,
      messagesOf: { orders: 1, inventory: 1 },
    })
    await order({ holdSeconds: 600 })
    const expired = await costOf(() => advance('10m'), { timersFired: 1, messagesOf: { orders: 2, inventory: 1 } })
    const steps = { 'placed and reserved': placed, 'approved and allocated': approved, 'expired and released': expired }
    const rows = Object.entries(steps).flatMap(([step, costs]) =>
      services.map((service) => row(step, service, costs[service])),
    )
    expect(rows).toEqual(published())
  })
})
