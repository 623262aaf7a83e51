import type { Assembly, Resource } from './assembly.ts'
import type { DynamoEmulator } from '../dynamodb/emulator.ts'

type Table = Resource<'AWS::DynamoDB::Table'> | Resource<'AWS::DynamoDB::GlobalTable'>

export interface DeployedTable {
  readonly name: string
  /** As the templates name it. */
  readonly streamArn: string
  /** As the emulator names it; undefined without a stream. */
  readonly emulatorStreamArn: string | undefined
}

/** Creates the tables of the templates at the emulator; one that exists is deleted before. */
export function deployTables(assembly: Assembly, emulator: DynamoEmulator): Promise<DeployedTable[]> {
  const tables: Table[] = [...assembly.of('AWS::DynamoDB::Table'), ...assembly.of('AWS::DynamoDB::GlobalTable')]
  return Promise.all(tables.map((table) => deployTable(table, emulator)))
}

async function deployTable({ name, attributes, properties }: Table, emulator: DynamoEmulator): Promise<DeployedTable> {
  const { AttributeDefinitions, KeySchema, BillingMode, GlobalSecondaryIndexes, StreamSpecification } = properties
  const existing = ((await emulator.call('ListTables', {}))['TableNames'] ?? []) as readonly string[]
  if (existing.includes(name)) await emulator.call('DeleteTable', { TableName: name })
  const created = await emulator.call('CreateTable', {
    TableName: name,
    AttributeDefinitions,
    KeySchema,
    BillingMode,
    ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes }),
    ...(StreamSpecification && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: StreamSpecification.StreamViewType },
    }),
  })
  let description = created['TableDescription'] as TableDescription
  while (description.TableStatus !== 'ACTIVE') {
    description = (await emulator.call('DescribeTable', { TableName: name }))['Table'] as TableDescription
  }
  return { name, streamArn: attributes['StreamArn'] ?? '', emulatorStreamArn: description.LatestStreamArn }
}

interface TableDescription {
  readonly TableStatus: string
  readonly LatestStreamArn?: string
}
