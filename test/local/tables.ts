import { DynamoDBClient, paginateListTables, paginateScan } from '@aws-sdk/client-dynamodb'
import { state } from './control.ts'

let client: DynamoDBClient | undefined

/** The tables of the local stack, past IAM and the API. */
export async function tables(): Promise<DynamoDBClient> {
  client ??= new DynamoDBClient({
    endpoint: (await state()).endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  return client
}

/** How many items each table has, without the counts of requests that rates limit: these are there to stay for a while. */
export async function itemCounts(): Promise<Record<string, number>> {
  const dynamodb = await tables()
  const counts: Record<string, number> = {}
  for await (const page of paginateListTables({ client: dynamodb }, {}))
    for (const TableName of page.TableNames ?? []) counts[TableName] = await itemsIn(dynamodb, TableName)
  return counts
}

/** The units that were written to tables so far: the same number again where nothing was written in between. */
export const unitsWritten = async (): Promise<number> =>
  (await state()).calls.reduce((sum, { writeUnits }) => sum + writeUnits, 0)

async function itemsIn(dynamodb: DynamoDBClient, TableName: string): Promise<number> {
  let count = 0
  const asked = {
    TableName,
    Select: 'COUNT',
    ConsistentRead: true,
    FilterExpression: 'NOT begins_with(pk, :rate)',
    ExpressionAttributeValues: { ':rate': { S: 'rate#' } },
  } as const
  for await (const { Count = 0 } of paginateScan({ client: dynamodb }, asked)) count += Count
  return count
}

/** The keys of all items in which that text stands, but for those that DynamoDB may have deleted by now. */
export async function itemsWith(text: string): Promise<readonly string[]> {
  const dynamodb = await tables()
  const found: string[] = []
  const now = Date.parse((await state()).now) / 1_000
  for await (const page of paginateListTables({ client: dynamodb }, {}))
    for (const TableName of page.TableNames ?? [])
      for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName, ConsistentRead: true }))
        for (const item of Items)
          if (JSON.stringify(item).includes(text) && !(Number(item['ttl']?.N) < now))
            found.push(`${TableName} ${item['pk']?.S} ${item['sk']?.S}`)
  return found
}
