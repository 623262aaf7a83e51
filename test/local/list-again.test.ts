import { DeleteItemCommand, UpdateItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { tableOf } from '../../bin/table-of.ts'
import { searchWordsOf } from '../../functions/catalog/core/search-words.ts'
import { partitionOf } from '../../functions/runtime/sharded.ts'
import { settle } from './control.ts'
import { tables } from './tables.ts'
import { anonymous, baseUrl, isLocal, place, signIn, stocked, unique } from './target.ts'

const again = async (...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, ['bin/list-again.ts', '--url', baseUrl, ...args])).stdout

/** Takes from the table what the last release did not write of a product. */
async function asOfLastRelease(sku: string, name: string): Promise<void> {
  const client = await tables()
  const TableName = await tableOf(client, 'local', 'catalog')
  const Key = { pk: { S: `product_${sku}` }, sk: { S: 'product' } }
  await client.send(new UpdateItemCommand({ TableName, Key, UpdateExpression: 'REMOVE foundBy' }))
  for (const word of searchWordsOf({ sku, name })) {
    const Key = { pk: { S: partitionOf('found-by-word', sku) }, sk: { S: `${word}#${sku}` } }
    await client.send(new DeleteItemCommand({ TableName, Key }))
  }
}

async function wordsOf(sku: string): Promise<readonly string[]> {
  const client = await tables()
  const query = {
    TableName: await tableOf(client, 'local', 'catalog'),
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: partitionOf('found-by-word', sku) } },
  }
  const words: string[] = []
  for await (const { Items = [] } of paginateQuery({ client }, query))
    words.push(...Items.map(({ sk }) => sk?.S ?? '').filter((place) => place.endsWith(`#${sku}`)))
  return words.map((place) => place.slice(0, place.lastIndexOf('#')))
}

describe.runIf(isLocal)('products of the last release', () => {
  it('are found once their service lists them again, and can be ordered as before', async () => {
    const [operator, customer] = await Promise.all([signIn('operator'), signIn('customer')])
    const sku = await stocked(operator, 2)
    const name = `Chandelier ${unique('old')}`
    await operator.api.updateProduct({ params: { sku }, body: { name } })
    const before = await anonymous.getProduct({ params: { sku } })
    const found = async () => (await anonymous.listProducts({ query: { q: name } })).items.map((item) => item.sku)
    await settle()
    await asOfLastRelease(sku, name)
    expect(await found()).toEqual([])
    expect(await again('--service', 'catalog')).toMatch(/^Brought [1-9]\d* items of catalog/)
    expect(await found()).toEqual([sku])
    expect((await wordsOf(sku)).toSorted()).toEqual(searchWordsOf({ sku, name }).toSorted())
    expect(await anonymous.getProduct({ params: { sku } })).toEqual({ ...before, version: before.version + 1 })
    await settle()
    expect(await place(customer, { [sku]: 2 })).toMatchObject({ status: 'reserved' })
    expect(await again('--service', 'catalog')).toMatch(/^Brought 0 items/)
    expect(await again('--service', 'users')).toMatch(/^Brought \d+ items of users/)
    expect(await again('--service', 'users')).toMatch(/^Brought 0 items/)
  })

  it('are asked for by the name of a service whose lists can be made again', async () => {
    await expect(again('--service', 'payments')).rejects.toMatchObject({
      stderr: expect.stringContaining('--service needs one of catalog, inventory, orders, shipping, users.'),
    })
  })
})
