import { type DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb'
import type { Service } from '../schemas/contract.ts'

/** The name of the table of a service. Throws an error of one line where there is none. */
export async function tableOf(client: DynamoDBClient, stage: string, service: Service): Promise<string> {
  const prefix = `Holdfast-${stage}-${service}-`
  for await (const { TableNames = [] } of paginateListTables({ client }, {})) {
    const found = TableNames.find((name) => name.startsWith(prefix))
    if (found !== undefined) return found
  }
  throw new Error(`There is no table ${prefix}...`)
}
