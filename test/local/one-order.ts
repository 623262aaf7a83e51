import { readFileSync } from 'node:fs'
import { settle, state } from './control.ts'
import { type SignedIn, place } from './target.ts'

/** What functions have used. */
export interface Used {
  readonly calls: number
  readonly writeUnits: number
  readonly readUnits: number
}

/** What the functions with this in their name have used so far. */
export async function usedBy(name: string): Promise<Used> {
  const { calls } = await state()
  const own = calls.filter(({ caller }) => caller.includes(name))
  const total = (field: keyof Used): number => own.reduce((sum, each) => sum + each[field], 0)
  return { calls: total('calls'), writeUnits: total('writeUnits'), readUnits: total('readUnits') }
}

export const difference = (after: Used, before: Used): Used => ({
  calls: after.calls - before.calls,
  writeUnits: after.writeUnits - before.writeUnits,
  readUnits: after.readUnits - before.readUnits,
})

/** The lines of docs/costs.md, those of its tables without the spaces that align them. */
export const costLines: readonly string[] = readFileSync(new URL('../../docs/costs.md', import.meta.url), 'utf8')
  .split('\n')
  .map((line) => line.replaceAll(/ *\| */g, '|'))

/** An order of one line from its placing to its delivery, paid from a wallet; `meanwhile` comes once it is paid. Its id. */
export async function wholeLife(
  operator: SignedIn,
  customer: SignedIn,
  sku: string,
  meanwhile: (id: string) => Promise<void> = async () => {},
): Promise<string> {
  const { id } = await place(customer, { [sku]: 1 }, { payment: { method: 'wallet' } })
  await settle()
  await meanwhile(id)
  const [parcel] = (await operator.api.listShipments({ params: { id } })).items
  const params = { id: parcel?.id ?? '' }
  await operator.api.dispatchShipment({ params, body: { carrier: 'Royal Mail' } })
  await settle()
  await operator.api.deliverShipment({ params })
  await settle()
  return id
}
