import { type StockItem, readStock } from '../../../functions/inventory/store/stock-item.ts'
import type { Counts } from '../../../functions/inventory/core/level.ts'
import type { InboundItem, TransferItem } from '../../../functions/inventory/store/supply-item.ts'
import type { Item } from '../../../functions/runtime/store.ts'
import { inboundChart, transferChart } from '../../../functions/inventory/core/supply-chart.ts'
import { allows } from '../../../schemas/state-chart.ts'
import type { World } from '../engine/world.ts'
import { operator } from '../workload/workload.ts'
import { isSame } from './is-same.ts'
import type { Changed } from './levels.ts'
import { Violation } from './violation.ts'

/** What was moved by hand. */
interface Moved {
  readonly sku: string
  readonly kind: string
  readonly delta: number
  readonly reason: string
  readonly of?: string
  readonly level: { readonly warehouseId: string }
}

/** What is on its way comes once, goes back or is written off, and is nowhere else meanwhile. */
export class SupplyInvariants {
  readonly #inbounds = new Map<string, InboundItem>()
  readonly #transfers = new Map<string, TransferItem>()
  readonly #levels = new Map<string, ReadonlyMap<string, Counts>>()

  /** Checks all that one write of inventory has changed. */
  check(changes: readonly Changed[]): void {
    const moved = changes.flatMap(({ before, after }) =>
      before === undefined && after?.sk.startsWith('movement_') ? [after as unknown as Moved] : [],
    )
    const skus = new Set<string>()
    const wanted = new Map<string, number>()
    const want = (kind: string, sku: string, warehouseId: string, units: number): void => {
      const name = `${kind} ${sku} ${warehouseId}`
      if (units !== 0) wanted.set(name, (wanted.get(name) ?? 0) + units)
    }
    for (const { before, after } of changes) {
      if (after?.sk === 'stock') this.#levels.set(String(after['sku']), readStock(after as StockItem).levels)
      if (after?.sk === 'stock') skus.add(String(after['sku']))
      if (after?.sk === 'inbound') {
        this.#enterInbound(before as InboundItem | undefined, after as InboundItem, moved)
        const { sku, warehouseId, received } = after as InboundItem
        want('receive', sku, warehouseId, received - ((before as InboundItem | undefined)?.received ?? 0))
        skus.add(sku)
      }
      if (after?.sk === 'transfer') {
        this.#enterTransfer(before as TransferItem | undefined, after as TransferItem)
        wantTransfer(before as TransferItem | undefined, after as TransferItem, want)
        skus.add((after as TransferItem).sku)
      }
    }
    checkMoved(changes, moved, wanted)
    checkPublished(changes)
    for (const sku of skus) this.#checkLevels(sku)
  }

  #enterInbound(before: InboundItem | undefined, after: InboundItem, moved: readonly Moved[]): void {
    const { id, quantity, received, refused, status } = after
    this.#inbounds.set(id, after)
    checkOpen(id, before)
    if (!allows(inboundChart, before?.status ?? 'expected', status))
      throw new Violation('what is over stays over', `${id} went to ${status}`)
    const had = before ?? { received: 0, refused: 0, quantity }
    const came = received + refused
    if (received < had.received || refused < had.refused) throw new Violation('what has come stays', id)
    if (quantity !== had.quantity && quantity < came)
      throw new Violation('nobody expects less than has come', `${id}: ${quantity}, and ${came} came`)
    if (status === 'expected' ? came >= quantity : status === 'received' && came < quantity)
      throw new Violation('an inbound is over when all has come', `${id} is ${status}: ${came} of ${quantity}`)
    const isOther = came > quantity || status === 'closed'
    if (isOther && moved.some(({ kind, reason }) => kind === 'receive' && reason === 'received'))
      throw new Violation('another delivery than expected has a reason', `${id}: ${came} of ${quantity}`)
  }

  #enterTransfer(before: TransferItem | undefined, after: TransferItem): void {
    this.#transfers.set(after.id, after)
    checkOpen(after.id, before)
    if (!allows(transferChart, before?.status ?? 'in_transit', after.status))
      throw new Violation('what is over stays over', `${after.id} went to ${after.status}`)
    const left = travelling(after)
    if (left < 0 || (left === 0) !== (after.status !== 'in_transit'))
      throw new Violation('no more comes than was sent', `${after.id} is ${after.status}, ${left} are left`)
  }

  #checkLevels(sku: string): void {
    const levels = this.#levels.get(sku)
    const inbounds = [...this.#inbounds.values()].filter((each) => each.sku === sku && each.status === 'expected')
    const transfers = [...this.#transfers.values()].filter((each) => each.sku === sku)
    for (const id of new Set([...(levels?.keys() ?? []), ...inbounds.map(({ warehouseId }) => warehouseId)])) {
      const { expected = 0, inTransit = 0 } = levels?.get(id) ?? {}
      const due = inbounds.filter(({ warehouseId }) => warehouseId === id)
      const left = due.reduce((sum, { quantity, received, refused }) => sum + quantity - received - refused, 0)
      const on = transfers.filter(({ toWarehouseId }) => toWarehouseId === id)
      const away = on.reduce((sum, each) => sum + travelling(each), 0)
      if (expected !== left || inTransit !== away)
        throw new Violation(
          'what is under way adds up',
          `${sku} in ${id} expects ${expected} and ${inTransit}, ${left} and ${away} are under way`,
        )
    }
  }

  /** At rest: lists show what is open, and nothing else. */
  async checkLists(world: World): Promise<void> {
    const open = [...this.#transfers.values()].filter(({ status }) => status === 'in_transit')
    await checkList(world, 'GET /transfers', {}, open)
    for (const sku of this.#levels.keys()) {
      const expected = [...this.#inbounds.values()].filter((each) => each.sku === sku && each.status === 'expected')
      await checkList(world, 'GET /inventory/{sku}/inbound', { sku }, expected)
    }
  }
}

const travelling = ({ quantity, received, missing, returned }: TransferItem): number =>
  quantity - received - missing - returned

/** What is over changes no more. */
function checkOpen(id: string, before: InboundItem | TransferItem | undefined): void {
  if (before && before.status !== 'expected' && before.status !== 'in_transit')
    throw new Violation('what is over stays over', `${id} was ${before.status}`)
}

/** Who waits for a sku is estimated anew with each change of what is expected of it. */
function checkPublished(changes: readonly Changed[]): void {
  const ofSupply = changes.filter(({ after }) => after?.sk === 'inbound' || after?.sk === 'transfer')
  const skus = new Set(ofSupply.map(({ after }) => String(after?.['sku'])))
  for (const { after } of changes)
    if (after?.sk === 'stock' && skus.has(String(after['sku'])) && Number(after['waiting'] ?? 0) > 0)
      if (!after.outbox?.includes('stock.expected'))
        throw new Violation('who waits is estimated anew', String(after['sku']))
}

type Want = (kind: string, sku: string, warehouseId: string, units: number) => void

function wantTransfer(before: TransferItem | undefined, after: TransferItem, want: Want): void {
  const { sku, fromWarehouseId: from, toWarehouseId: to } = after
  const had = before ?? { received: 0, missing: 0, returned: 0 }
  const lost = after.missing - had.missing
  want('transfer', sku, from, (before ? 0 : -after.quantity) + after.returned - had.returned)
  want('transfer', sku, to, after.received - had.received + lost)
  want('writeOff', sku, to, -lost)
}

/** Every unit that comes, leaves or is lost has its movement in the same write, and no movement is without. */
function checkMoved(changes: readonly Changed[], moved: readonly Moved[], wanted: ReadonlyMap<string, number>): void {
  const isOf = (sk: string): boolean => changes.some(({ after }) => after?.sk === sk)
  const kinds = new Set(['receive', ...(isOf('transfer') ? ['transfer', 'writeOff'] : [])])
  const made = new Map<string, number>()
  for (const { kind, sku, delta, level } of moved) {
    const name = `${kind} ${sku} ${level.warehouseId}`
    if (kinds.has(kind)) made.set(name, (made.get(name) ?? 0) + delta)
  }
  if (!isSame(sorted(made), sorted(wanted)))
    throw new Violation('what comes is moved', `${JSON.stringify(sorted(made))}, not ${JSON.stringify(sorted(wanted))}`)
}

const sorted = (units: ReadonlyMap<string, number>): readonly (readonly [string, number])[] =>
  [...units].toSorted(([a], [b]) => (a < b ? -1 : 1))

async function checkList(world: World, route: string, params: Record<string, string>, open: readonly Item[]) {
  const listed: string[] = []
  let cursor: string | undefined
  do {
    const query = { limit: String(world.supplyChance.between(1, 4)), ...(cursor !== undefined && { cursor }) }
    const reply = await world.request('inventory', { as: operator, route, params, query })
    if (reply?.status === 404) return
    if (reply?.status !== 200) throw new Violation('people get answers', `${route}: ${JSON.stringify(reply)}`)
    listed.push(...(reply.body['items'] as { id: string }[]).map(({ id }) => id))
    cursor = reply.body['cursor'] as string | undefined
  } while (cursor !== undefined)
  const ids = open.map(({ pk }) => pk)
  if (!isSame(listed.toSorted(), ids.toSorted()))
    throw new Violation('lists are complete', `${route}: ${listed.join(' ')} of ${ids.join(' ')}`)
}
