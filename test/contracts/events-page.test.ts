import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { anchorOf } from '../../bin/docs/anchor.ts'
import { noteOf, notes, systems } from '../../bin/docs/event-notes.ts'
import { allTimers, eventsPage } from '../../bin/docs/events-page.ts'
import { detailTypeOf, event } from '../../schemas/contract.ts'
import { allEvents } from '../../schemas/topology.ts'

const contracts = [...allEvents, ...allTimers]
const page = eventsPage()
const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!)

/** The text of the page under a heading, up to the next one of any level. */
const under = (heading: string): string => page.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''

describe('the page of events', () => {
  it('has a note for each event and timer, and none for others', () => {
    expect(Object.keys(notes).toSorted()).toEqual(contracts.map(({ name }) => name).toSorted())
  })

  it('cannot be made while an event has no note', () => {
    const fresh = event('orders', 'order.lost', 1, 'Nobody knows where it is.', z.object({}))
    expect(() => noteOf(fresh)).toThrow('order.lost has no entry in bin/docs/event-notes.ts')
  })

  it('reads as sentences', () => {
    expect(Object.values(notes).filter(({ published }) => !/^[a-z].*[^.]$/.test(published))).toEqual([])
  })

  it.each(contracts.map((contract) => [detailTypeOf(contract), contract] as const))(
    'describes all of %s',
    (name, contract) => {
      const [noun = ''] = contract.name.split('.')
      const section = under(name)
      const fields = `${under(noun)}${section}`
      expect(section).toContain(contract.description)
      expect(section).toContain(noteOf(contract).published)
      const listed = (field: string) => [`- \`${field}\`: `, `- \`${field}?\`: `].some((line) => fields.includes(line))
      const missing = Object.keys((contract.data as z.ZodObject).shape).filter((field) => !listed(field))
      expect(missing).toEqual([])
    },
  )

  it('marks what may be missing, and copies the descriptions of the schemas', () => {
    expect(under('product.created.v1')).toMatch(/^- `lowStockAt\?`: integer$/m)
    expect(under('product.created.v1')).toMatch(/^- `price`: \[`Money`\]\(#money\)$/m)
    expect(under('shipment.returned.v1')).toContain(
      '`returnId`: [`Id`](#id). One for each return: units come back once.',
    )
    expect(under('stock.reserved.v1')).toContain(
      '`lines`: list of ([`Sku`](#sku), [`Id`](#id), integer). Sku, warehouse, units.',
    )
    expect(under('order')).toMatch(/^- `reason\?`: \[`PublishedOrderReason`\]/m)
    expect(under('OrderFacts')).toContain('- `closing`: `none` | `cancelled` | `expired`')
  })

  it('names the publisher and the consumers', () => {
    expect(under('stock.item_retired.v1')).toMatch(/Published by inventory when .+\. Consumed by catalog\./)
    expect(under('timer.hold_ended.v1')).toMatch(/Published by Scheduler .+\. Consumed by orders\./)
  })

  it.each(Object.values(systems))('names $name with its repository', ({ name, repository }) => {
    expect(page).toContain(`[${repository}](https://github.com/${repository})`)
    expect(under('What others call them')).toContain(`\n${name} is `)
  })

  it.each([
    'order.created',
    'stock.reduction.success',
    'stock.reduction.fail',
    'payment.completed',
    'payment.fail',
    'order.completed',
    'PET_*',
    'OrderStatusChanged',
    'InventoryReserved',
    'PaymentProcessed',
    'ShipmentCreated',
  ])('translates %s', (name) => {
    expect(under('What others call them')).toContain(`- \`${name}\`: [\``)
  })

  it('links only to headings that are there once', () => {
    const anchors = headings.map(anchorOf)
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor!)
    expect(links.length).toBeGreaterThan(contracts.length)
    expect(links.filter((link) => anchors.filter((anchor) => anchor === link).length !== 1)).toEqual([])
  })
})
