import { DescribeTableCommand, DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb'
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

/** How many items each table has; the emulator counts them as they are, DynamoDB itself only every six hours. */
export async function itemCounts(): Promise<Record<string, number>> {
  const dynamodb = await tables()
  const counts: Record<string, number> = {}
  for await (const page of paginateListTables({ client: dynamodb }, {})) {
    for (const TableName of page.TableNames ?? []) {
      const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }))
      counts[TableName] = Table?.ItemCount ?? 0
    }
  }
  return counts
}
