import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { unmarshallImage } from '../../runtime/aws-wiring.ts'
import { publishMetrics } from '../../runtime/log.ts'
import type { RelayDeps } from '../../runtime/relay.ts'
import { sideBySide } from '../../runtime/side-by-side.ts'
import type { Item, Key } from '../../runtime/store.ts'
import { type Change, type Loaded, type UpdateDeps, update } from '../../runtime/update.ts'
import { type Counts, sumOf } from '../core/counts.ts'
import { type SoldLine, linesOf, orderItem } from '../store/order-item.ts'
import { type Rollup, dayKey, productKey, rollupItem } from '../store/rollup-item.ts'

/**
 * A batch of one shard: Lambda names the shard where the mapping has a tumbling window, and nowhere else.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
 */
export interface WindowedEvent extends DynamoDBStreamEvent {
  readonly shardId?: string
}

/** Without a state Lambda takes the answer for a failure. */
export type WindowedResponse = DynamoDBBatchResponse & { readonly state: object }

export interface FoldDeps extends UpdateDeps {
  /** Makes an item of a stream image. */
  readonly unmarshall: RelayDeps['unmarshall']
}

/** What a record adds to a rollup. */
interface Addition {
  readonly sequence: string
  readonly counts: Counts
}

interface Target {
  readonly key: Key
  readonly additions: Addition[]
}

/** How many rollups are written at a time. */
const atOnce = 10

/** The Lambda handler of the stream of orders. The dependencies are made at the first call. */
export function folder(make: () => Omit<FoldDeps, 'unmarshall'>) {
  let deps: FoldDeps | undefined
  return async (event: WindowedEvent): Promise<WindowedResponse> => {
    deps ??= { ...make(), unmarshall: unmarshallImage }
    await fold(deps, event)
    publishMetrics()
    return { batchItemFailures: [], state: {} }
  }
}

/**
 * Adds what the records of a batch add to the rollups of their shard. A rollup counts a record once, however often it is delivered: within
 * a shard their order is that of their sequence numbers. Throws where the table does not answer; the stream brings the batch back.
 */
export async function fold(deps: FoldDeps, { Records, shardId }: WindowedEvent): Promise<void> {
  if (Records.length === 0) return
  if (shardId === undefined) throw new Error('The batch names no shard: its mapping has no tumbling window.')
  const targets = await targetsOf(deps, shardId, Records)
  const items = await deps.store.getMany(
    targets.map(({ key }) => key),
    { consistent: true },
  )
  const found = new Map(items.map((item) => [nameOf(item), item]))
  // What a batch that failed has written already costs its next delivery no call.
  const open = targets.filter((target) => newsOf(target, found.get(nameOf(target.key))).news.length > 0)
  await sideBySide(open, atOnce, (target) => addTo(deps, target, found.get(nameOf(target.key))))
}

const nameOf = ({ pk, sk }: Key): string => `${pk} ${sk}`

async function targetsOf(
  { store, unmarshall }: FoldDeps,
  shard: string,
  records: readonly DynamoDBRecord[],
): Promise<readonly Target[]> {
  const targets = new Map<string, Target>()
  for (const { dynamodb } of records) {
    const { NewImage: image, SequenceNumber: sequence } = dynamodb ?? {}
    if (image === undefined || sequence === undefined) continue
    const add = (key: Key, counts: Counts): void => {
      const name = nameOf(key)
      const target = targets.get(name) ?? { key, additions: [] }
      target.additions.push({ sequence, counts })
      targets.set(name, target)
    }
    const counted = orderItem.read(unmarshall(image)).state
    for (const [of, counts] of Object.entries(counted.adds ?? {})) add(dayKey(of, shard), counts)
    const sold = Object.entries(counted.sold ?? {})
    const lines = sold.length > 0 ? await linesOf(store, counted) : []
    for (const [sku, ofSku] of Map.groupBy(lines, ([sku]) => sku))
      for (const [of, times] of sold)
        add(productKey(of, sku, shard), { units: times * unitsOf(ofSku), revenue: times * priceOf(ofSku) })
  }
  return [...targets.values()]
}

const unitsOf = (lines: readonly SoldLine[]): number => lines.reduce((sum, [, units]) => sum + units, 0)

const priceOf = (lines: readonly SoldLine[]): number =>
  lines.reduce((sum, [, units, price = 0]) => sum + units * price, 0)

async function addTo(deps: FoldDeps, target: Target, item: Item | undefined): Promise<void> {
  const { key, additions } = target
  const origin = { cause: `record ${additions.at(-1)?.sequence}`, at: deps.clock.now(), by: 'analytics' }
  const decide = (found: Loaded<Rollup> | undefined): Change<Rollup> | undefined => {
    const { news, last } = newsOf(target, found?.item)
    if (news.length === 0) return undefined
    return { state: { ...key, version: 1, counts: sumOf([found?.state.counts ?? {}, ...news]), last }, emits: [] }
  }
  await update(deps, rollupItem(key), key.pk, origin, decide, { item })
}

/** What the rollup has not counted yet, and the last record that it has counted then. */
function newsOf({ key, additions }: Target, item: Item | undefined): { news: readonly Counts[]; last: string } {
  const news: Counts[] = []
  let last = (item && rollupItem(key).read(item).state.last) ?? ''
  for (const { sequence, counts } of additions) {
    if (!isAfter(sequence, last)) continue // mutant: fold-once
    news.push(counts)
    last = sequence
  }
  return { news, last }
}

/** Whether a record comes after another one of its shard. Sequence numbers are decimal, without zeros before them, and longer than numbers hold. */
const isAfter = (sequence: string, other: string): boolean =>
  sequence.length === other.length ? sequence > other : sequence.length > other.length
