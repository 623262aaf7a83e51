import type { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb'
import { daysIn } from '../../functions/analytics/adapters/days.ts'
import { topProducts } from '../../functions/analytics/routes/top-products.ts'
import { partitionsOfDay, productKey } from '../../functions/analytics/store/rollup-item.ts'
import { systemClock } from '../../functions/runtime/clock.ts'
import { attributesOf } from '../../functions/runtime/item-codec.ts'
import { itemSize } from '../../functions/runtime/item-size.ts'
import { dynamoStore } from '../../functions/runtime/store.dynamodb.ts'

/**
 * How many calls the first of products takes, and how long it computes over their answers: `npx node test/bench/top-products.ts [rollups]
 * [days]`. Pages are a megabyte, as those of DynamoDB, and are parsed from JSON; nothing waits for a network.
 */
const [count = 200_000, days = 7] = process.argv.slice(2).map(Number)
const pageBytes = 1_048_576

const dayOf = (index: number): string => `2026-11-${String(1 + (index % days)).padStart(2, '0')}`
const shard = 'shardId-00000001764000000000-a1b2c3d4'
const pages = new Map<string, string[]>()
const texts = new Map<string, { items: string[]; bytes: number }>()

function endPage(partition: string): void {
  const page = texts.get(partition)
  if (page === undefined) return
  pages.set(partition, [...(pages.get(partition) ?? []), `[${page.items.join(',')}]`])
  texts.delete(partition)
}

for (let index = 0; index < count; index += 1) {
  const key = productKey(`${dayOf(index)} GBP`, `sku-${Math.floor(index / days)}`, shard)
  const counts = { units: 1 + (index % 90), revenue: 100 * (index % 90) }
  const item = { ...key, version: 3, last: '4'.repeat(38), counts, cause: `record ${'4'.repeat(38)}` }
  const page = texts.get(key.pk) ?? { items: [], bytes: 0 }
  page.items.push(JSON.stringify(attributesOf(item)))
  page.bytes += itemSize(item)
  texts.set(key.pk, page)
  if (page.bytes >= pageBytes) endPage(key.pk)
}
for (const partition of Array.from({ length: days }, (_, index) => dayOf(index)).flatMap(partitionsOfDay))
  endPage(partition)

let calls = 0
const client = {
  send: async ({ input }: QueryCommand) => {
    calls += 1
    const partition = input.ExpressionAttributeValues?.[':partition']?.S ?? ''
    const number = Number(input.ExclusiveStartKey?.['sk']?.S ?? 0)
    const own = pages.get(partition) ?? []
    const next = { pk: { S: partition }, sk: { S: String(number + 1) } }
    return { Items: JSON.parse(own[number] ?? '[]'), ...(number + 1 < own.length && { LastEvaluatedKey: next }) }
  },
} as unknown as DynamoDBClient

const store = dynamoStore(client, 'reports', { random: Math.random, clock: systemClock })
const names = { ...store, getMany: async () => [] }
const handler = topProducts({ store: names, clock: systemClock, random: Math.random, days: daysIn('Europe/London') })
const query = { from: dayOf(0), to: dayOf(days - 1), by: 'units', limit: 10 } as const
const began = performance.now()
const { body } = await handler({
  query,
  refuse: () => new Error('refused'),
} as unknown as Parameters<typeof handler>[0])
console.log(
  `${count} rollups of ${days} days: ${calls} calls, ${Math.round(performance.now() - began)} ms, ${body?.items.length} products shown`,
)
