import { isContended } from '../../runtime/errors.ts'
import type { ImportTimes } from '../../runtime/import-reader.ts'
import { sideBySide } from '../../runtime/side-by-side.ts'
import { type Failed, type Store, StoreUnavailable, type Write, maxWrites } from '../../runtime/store.ts'
import { type UpdateDeps, untilWritten } from '../../runtime/update.ts'
import { isMove } from '../core/category.ts'
import { type CategoryItem, counted, findCategories, overBefore } from '../store/category-item.ts'
import {
  type GoodRow,
  type RowResult,
  type RowsCause,
  type Step,
  type Written,
  refusal,
  refusedStep,
  stepOf,
} from './import-rows.ts'
import { type Found, productKey } from '../store/product-item.ts'

/** How many rows are written at the same time. */
export const concurrency = 16

/** What is known of the table so far, by partition. */
interface Known {
  readonly products: Map<string, Found>
  /** A category that was looked for and is not there is undefined. */
  readonly categories: Map<string, CategoryItem | undefined>
}

interface Decided {
  readonly row: GoodRow
  readonly step: Step
}

/**
 * Writes each row and returns its result, in the order in which they were done. A row that moves its product between categories changes their
 * counts too: as many of these rows as one transaction holds are written together, one transaction after the other. All others are written
 * each by itself, side by side. Every row has its result when the time is over.
 */
export async function writeRows(
  deps: UpdateDeps,
  rows: readonly GoodRow[],
  why: RowsCause,
  { lastBegin, end }: ImportTimes,
): Promise<Written[]> {
  const { store, clock } = deps
  const over = clock.sleep(end - clock.now())
  const reading = store.getMany(
    rows.map(({ fields }) => productKey(fields.sku)),
    { consistent: true },
  )
  const items = await Promise.race([reading, over.then(() => [])])
  const known: Known = { products: new Map(items.map((item) => [item.pk, item as Found])), categories: new Map() }
  const decided = rows.map((row): Decided => ({ row, step: stepOf(foundFor(known, row), row, why) }))
  const tryBatch = async (batch: readonly GoodRow[]): Promise<Written[]> => {
    if (clock.now() >= lastBegin) return batch.map(notTried)
    return Promise.race([writeBatch(deps, known, batch, why), over.then(() => batch.map(doubtful))])
  }
  const alone = decided.filter(({ step }) => !moves(step)).map(({ row }) => [row])
  const written = await sideBySide(alone, concurrency, tryBatch)
  for (const batch of batchesOf(decided.filter(({ step }) => moves(step)))) written.push(await tryBatch(batch))
  return written.flat()
}

const foundFor = ({ products }: Known, { fields }: GoodRow): Found => products.get(productKey(fields.sku).pk)

const movesOf = (step: Step) => ('move' in step && isMove(step.move) ? [step.move] : [])
const moves = (step: Step): boolean => movesOf(step).length > 0
const writesOf = (step: Step): readonly Write[] => ('writes' in step ? step.writes : [])
const categoriesOf = (steps: readonly Step[]): Set<string> =>
  new Set(steps.flatMap(movesOf).flatMap(({ from, to }) => [from, to].filter((id) => id !== undefined)))

/** How many items steps write, with the categories that they leave and enter. */
const sizeOf = (steps: readonly Step[]): number => steps.flatMap(writesOf).length + categoriesOf(steps).size

/** Cuts rows into batches that fit one transaction. */
function batchesOf(decided: readonly Decided[]): GoodRow[][] {
  const batches: Decided[][] = []
  for (const each of decided) {
    const grown = [...(batches.at(-1) ?? []), each]
    if (sizeOf(grown.map(({ step }) => step)) > maxWrites || batches.length === 0) batches.push([each])
    else batches.splice(-1, 1, grown)
  }
  return batches.map((batch) => batch.map(({ row }) => row))
}

/**
 * Writes a batch in one write, and decides again when another writer was faster. What another writer has left may need more writes than one
 * transaction holds: then each row is written by itself.
 */
async function writeBatch(
  deps: UpdateDeps,
  known: Known,
  batch: readonly GoodRow[],
  why: RowsCause,
): Promise<Written[]> {
  const { store } = deps
  const oneByOne = async (): Promise<Written[]> => {
    const results: Written[] = []
    for (const row of batch) results.push(...(await writeBatch(deps, known, [row], why)))
    return results
  }
  const attempt = async () => {
    const wanted = batch.map((row) => stepOf(foundFor(known, row), row, why))
    await readCategories(store, known, wanted)
    const steps = wanted.map((step) =>
      entersNothing(known, step) ? refusedStep('categoryId', 'no such category') : step,
    )
    if (batch.length > 1 && sizeOf(steps) > maxWrites) return { result: await oneByOne() }
    const counts = counted(present(known.categories), steps.flatMap(movesOf))
    const writes = [...steps.flatMap(writesOf), ...counts.map(overBefore)]
    const outcome = await store.write(...writes)
    if (outcome.ok) {
      for (const category of counts) known.categories.set(category.pk, category)
      return { result: batch.map((row, index) => writtenOf(row, steps[index])) }
    }
    keepFound(known, writes, outcome.failed)
    return undefined
  }
  return untilWritten(deps, 'the product', attempt).catch((error: unknown) => {
    // The reader of a file comes again.
    if (why.isByRow) throw error
    if (error instanceof StoreUnavailable) return batch.map(doubtful)
    if (isContended(error)) return batch.map((row) => lost(row, 'many change it at once: send it again'))
    throw error
  })
}

async function readCategories(store: Store, { categories }: Known, steps: readonly Step[]): Promise<void> {
  const missing = [...categoriesOf(steps)].filter((id) => !categories.has(id))
  const found = await findCategories(store, missing)
  for (const id of missing) categories.set(id, found.get(id))
}

function keepFound(known: Known, writes: readonly Write[], failed: readonly Failed[]): void {
  for (const { write, found } of failed) {
    const tried = writes[write]
    if (tried === undefined || !('put' in tried)) continue
    const { pk, sk } = tried.put
    if (sk === 'category') known.categories.set(pk, found as CategoryItem | undefined)
    else known.products.set(pk, found as Found)
  }
}

const entersNothing = ({ categories }: Known, step: Step): boolean =>
  movesOf(step).some(({ to }) => to !== undefined && categories.get(to) === undefined)

function present(categories: Known['categories']): Map<string, CategoryItem> {
  return new Map([...categories].flatMap(([id, item]) => (item === undefined ? [] : [[id, item]])))
}

function writtenOf({ row, fields }: GoodRow, step: Step | undefined): Written {
  if (step?.result === 'refused') return refusal(row, fields.sku, step.errors)
  const changed = step && 'version' in step ? { version: step.version } : {}
  return { row, sku: fields.sku, result: step?.result ?? 'unchanged', ...changed }
}

const lost = ({ row, fields }: GoodRow, message: string): RowResult =>
  refusal(row, fields.sku, [{ path: 'sku', message }])

const doubtful = (row: GoodRow): RowResult => lost(row, 'not known whether it was written: send it again')

const notTried = ({ row, fields }: GoodRow): RowResult => ({ row, sku: fields.sku, result: 'not_tried' })
