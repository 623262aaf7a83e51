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

/** How many items each table has. */
export async function itemCounts(): Promise<Record<string, number>> {
  const dynamodb = await tables()
  const counts: Record<string, number> = {}
  for await (const page of paginateListTables({ client: dynamodb }, {})) {
    for (const name of page.TableNames ?? []) {
      counts[name] = 0
      for await (const scan of paginateScan({ client: dynamodb }, { TableName: name, Select: 'COUNT' })) {
        counts[name] += scan.Count ?? 0
      }
    }
  }
  return counts
}
