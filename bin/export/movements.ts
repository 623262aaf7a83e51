import type { Api } from '../../schemas/client.ts'
import type { Movement } from '../../schemas/movement.ts'
import { type Asked, timesOf } from './asked.ts'
import { type List, type Page, type Place, pageSize } from './list.ts'

/** A movement with its sku, which the API has in the path. */
export type MovementOfSku = { readonly sku: string } & Movement

/**
 * How far times may be out of order in a ledger, which is in the order of versions, in milliseconds: the function that moves has 30 seconds
 * from the time that it writes down, and its clock may be a little off. What was `unrecorded` has the time of the level, however long ago.
 */
const outOfOrderMs = 10 * 60_000

interface Listed {
  readonly warehouseId: string
  readonly sku: string
}

/**
 * Every movement of every sku, also of deleted ones, by warehouse and sku, the newest first. A level never goes away, so that each sku comes once
 * for each warehouse in which it ever had one, and of its ledger the movements in that warehouse are taken.
 */
async function* pages(api: Api, asked: Asked, place: Place | undefined): AsyncGenerator<Page<MovementOfSku>> {
  const { start, end } = timesOf(asked)
  let passed = 0
  for await (const listed of skusFrom(api, place)) {
    const { warehouseId, sku } = listed
    let cursor = isAt(place, listed) ? place?.['movements'] : undefined
    do {
      const query = { limit: pageSize, ...(cursor !== undefined && { cursor }) }
      const page = await api.listMovements({ params: { sku }, query })
      const isOver = page.items.some(({ kind, at }) => kind !== 'unrecorded' && Date.parse(at) < start - outOfOrderMs)
      cursor = isOver ? undefined : page.cursor
      const rows = page.items
        .filter((movement) => movement.warehouseId === warehouseId && isWithin(start, Date.parse(movement.at), end))
        .map((movement) => ({ sku, ...movement }))
      if (cursor === undefined) passed += 1
      yield { rows, next: { ...listed, ...(cursor !== undefined && { movements: cursor }) }, passed }
    } while (cursor !== undefined)
  }
  yield { rows: [], next: undefined, passed }
}

const isWithin = (start: number, time: number, end: number): boolean => start <= time && time < end

const isAt = (place: Place | undefined, { warehouseId, sku }: Listed): boolean =>
  place?.['warehouseId'] === warehouseId && place['sku'] === sku

/** The skus of all warehouses that are still to be read: the one of the place, unless its ledger is done, and all behind it. */
async function* skusFrom(api: Api, place: Place | undefined): AsyncGenerator<Listed> {
  for (const warehouseId of await warehousesOf(api)) {
    if (place && warehouseId < (place['warehouseId'] ?? '')) continue
    const here = place?.['warehouseId'] === warehouseId ? place : undefined
    let cursor: string | undefined
    do {
      const query = { warehouseId, deleted: 'true' as const, limit: pageSize }
      const page = await api.listLevels({ query: { ...query, ...(cursor !== undefined && { cursor }) } })
      const skus = page.items.map(({ sku }) => sku).toSorted((a, b) => (a < b ? -1 : 1))
      for (const sku of skus) if (isLeft(sku, here)) yield { warehouseId, sku }
      cursor = page.cursor
    } while (cursor !== undefined)
  }
}

function isLeft(sku: string, here: Place | undefined): boolean {
  const reached = here?.['sku'] ?? ''
  return here?.['movements'] === undefined ? sku > reached : sku >= reached
}

/** The ids of all warehouses, in their order. */
async function warehousesOf(api: Api): Promise<readonly string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const page = await api.listWarehouses({ query: { limit: pageSize, ...(cursor !== undefined && { cursor }) } })
    ids.push(...page.items.map(({ id }) => id))
    cursor = page.cursor
  } while (cursor !== undefined)
  return ids.toSorted((a, b) => (a < b ? -1 : 1))
}

async function total(api: Api, _asked: Asked, place: Place | undefined): Promise<number> {
  let count = 0
  const skus = skusFrom(api, place)
  while (!(await skus.next()).done) count += 1
  return count
}

export const movements: List<MovementOfSku> = { needs: ['stock:read'], counts: 'skus', total, pages }
