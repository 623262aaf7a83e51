import { beforeAll, describe, expect, it } from 'vitest'
import { settle, state } from './control.ts'
import { type SignedIn, isLocal, newcomer, place, signIn, stocked, unique, until } from './target.ts'

let operator: SignedIn

beforeAll(async () => {
  operator = await signIn('operator')
})

const key = () => ({ idempotencyKey: unique('count') })
const sheetOf = (skus: readonly string[]) =>
  operator.api.createCount({ body: { warehouseId: 'main', skus: [...skus] }, ...key() })
const counted = (id: string, sku: string, units: number) =>
  operator.api.countLine({ params: { id, sku }, body: { counted: units } })
const post = (id: string) => operator.api.postCount({ params: { id }, ...key() })
const levelOf = async (sku: string) => (await operator.api.getLevels({ params: { sku } })).items[0]

async function held(customer: SignedIn, sku: string, units: number) {
  const { id } = await place(customer, { [sku]: units })
  await until(
    () => customer.api.getOrder({ params: { id } }),
    ({ status }) => status === 'reserved',
  )
  return { params: { id } }
}

describe('a count', () => {
  it('takes into account what is held and shipped between the counting and the posting', async () => {
    const customer = await newcomer()
    const [sku, equal, left] = await Promise.all([10, 4, 7].map((units) => stocked(operator, units)))
    const before = await held(customer, sku!, 2)
    const sheet = await sheetOf([sku!, equal!, left!])
    expect(sheet).toMatchObject({
      status: 'open',
      lineCount: 3,
      lines: [{ expected: 10 }, { expected: 4 }, { expected: 7 }],
    })
    await counted(sheet.id, sku!, 3)
    const line = await counted(sheet.id, sku!, 9)
    expect(line).toMatchObject({ counted: 9, onHand: 10, difference: -1 })
    await counted(sheet.id, equal!, 4)

    await operator.api.approveOrder(before)
    const { items } = await until(
      () => customer.api.listShipments(before),
      (page) => page.items.length > 0,
    )
    await operator.api.dispatchShipment({ params: { id: items[0]!.id }, body: { carrier: 'Post' } })
    await until(
      () => levelOf(sku!),
      (level) => level?.onHand === 8,
    )
    await held(customer, sku!, 3)

    expect(await post(sheet.id)).toMatchObject({ status: 'posted', changed: 1, equal: 1, uncounted: 1, refused: [] })
    expect(await levelOf(sku!)).toMatchObject({ onHand: 7, reserved: 3, available: 4 })
    expect(await levelOf(equal!)).toMatchObject({ onHand: 4 })
    expect((await operator.api.getCount({ params: sheet })).lines).toMatchObject([
      { sku, difference: -1, result: 'done' },
      { sku: equal, difference: 0, result: 'done' },
      { sku: left, expected: 7 },
    ])
    const { items: moves } = await operator.api.listMovements({ params: { sku: sku! } })
    expect(moves.find(({ kind, delta }) => kind === 'adjust' && delta.available === -1)).toMatchObject({
      reason: 'count',
      reference: sheet.id,
      by: operator.userId,
    })
  })

  it('is posted once, by two requests at once and by a third one', async () => {
    const skus = await Promise.all([1, 2, 3].map(() => stocked(operator, 0)))
    const { id } = await sheetOf(skus)
    for (const sku of skus) await counted(id, sku, 5)
    const results = await Promise.all([post(id), post(id)])
    results.push(await post(id))
    for (const result of results) expect(result).toMatchObject({ status: 'posted', changed: 3, refused: [] })
    for (const sku of skus) expect(await levelOf(sku)).toMatchObject({ onHand: 5 })
  })

  it('names the lines that cannot be posted, and posts them when they can be', async () => {
    const [taken, fine] = await Promise.all([5, 5].map((units) => stocked(operator, units)))
    const customer = await newcomer()
    const order = await held(customer, taken!, 5)
    const { id } = await sheetOf([taken!, fine!])
    await counted(id, taken!, 3)
    await counted(id, fine!, 6)
    const refused = [{ sku: taken, code: 'insufficient_stock' }]
    expect(await post(id)).toMatchObject({ status: 'posted', changed: 1, refused })
    expect((await operator.api.getCount({ params: { id } })).lines[0]).toMatchObject({
      result: 'refused',
      code: 'insufficient_stock',
    })
    await customer.api.cancelOrder(order)
    await until(
      () => levelOf(taken!),
      (level) => level?.available === 5,
    )
    expect(await post(id)).toMatchObject({ status: 'posted', changed: 2, refused: [] })
    expect(await levelOf(taken!)).toMatchObject({ onHand: 3 })
    expect(await levelOf(fine!)).toMatchObject({ onHand: 6 })
  })

  it('does not change any more once it is posted or cancelled', async () => {
    const sku = await stocked(operator, 1)
    const [ended, gone] = await Promise.all([sheetOf([sku]), sheetOf([sku])])
    await counted(gone.id, sku, 9)
    await post(ended.id)
    await operator.api.cancelCount({ params: gone })
    await operator.api.cancelCount({ params: gone })
    const refused = { status: 409, code: 'count_closed' }
    for (const { id } of [ended, gone]) await expect(counted(id, sku, 2)).rejects.toMatchObject(refused)
    await expect(post(gone.id)).rejects.toMatchObject(refused)
    await expect(operator.api.cancelCount({ params: ended })).rejects.toMatchObject(refused)
    expect(await levelOf(sku)).toMatchObject({ onHand: 1 })
    const { items } = await operator.api.listCounts({ query: { limit: 2 } })
    expect(items.map(({ status }) => status).toSorted()).toEqual(['cancelled', 'posted'])
  })

  it('names every product that is not there, and is not made', async () => {
    const sku = await stocked(operator, 1)
    await expect(sheetOf(['NONE-1', sku, 'NONE-2'])).rejects.toMatchObject({
      status: 422,
      code: 'unknown_sku',
      errors: [{ path: 'skus[0]' }, { path: 'skus[2]' }],
    })
  })

  it.runIf(isLocal)('costs what docs/costs.md says', async () => {
    const sku = await stocked(operator, 5)
    const written = async <Done>(act: () => Promise<Done>) => {
      const units = async () => {
        await settle()
        const made = (await state()).calls.filter(({ caller }) => caller.includes('-inventory-Http'))
        return made.reduce((all, { writeUnits }) => all + writeUnits, 0)
      }
      const before = await units()
      const done = await act()
      return { done, units: (await units()) - before }
    }
    const sheet = await written(() => sheetOf([sku]))
    const { id } = sheet.done
    const entered = await written(() => counted(id, sku, 4))
    const posting = await written(() => post(id))
    expect([sheet.units, entered.units, posting.units]).toEqual([4, 4, 10])
  })

  it('has a thousand lines', async () => {
    const skus = Array.from({ length: 1_000 }, (_, index) => unique(`thousand-${index}`))
    for (let from = 0; from < skus.length; from += 100)
      await operator.send({
        method: 'POST',
        path: '/products/import',
        headers: { 'content-type': 'application/x-ndjson' },
        body: skus
          .slice(from, from + 100)
          .map((sku) => JSON.stringify({ sku, name: 'Product', price: { amount: 1, currency: 'GBP' } }))
          .join('\n'),
      })
    const sheet = await sheetOf(skus)
    expect(sheet.lines).toHaveLength(1_000)
    await counted(sheet.id, skus[999]!, 2)
    expect(await post(sheet.id)).toMatchObject({ changed: 1, uncounted: 999 })
  })
})
