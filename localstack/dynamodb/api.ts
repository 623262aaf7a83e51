import { createHash } from 'node:crypto'
import { AwsError } from '../endpoint/aws-error.ts'
import type { DynamoEmulator } from './emulator.ts'
import type { Call, CountUnits, Operations } from '../endpoint/call.ts'
import { own } from '../../schemas/own.ts'

/** What a call touches: an action of IAM on a table or index. */
interface Touch {
  readonly action: string
  readonly table: string
  readonly index?: string
  /** The item that is written, or the key of one. */
  readonly item?: Readonly<Record<string, { readonly S?: string }>>
}

type Input = Readonly<Record<string, unknown>>

const ofTable =
  (action: string) =>
  (input: Input): Touch[] => [{ action, table: textOf(input, 'TableName'), ...itemIn(input) }]

const itemIn = ({ Item, Key = Item }: Input): Pick<Touch, 'item'> => (Key ? { item: Key as Touch['item'] & {} } : {})

const ofTableOrIndex =
  (action: string) =>
  (input: Input): Touch[] => {
    const index = input['IndexName']
    return [{ action, table: textOf(input, 'TableName'), ...(typeof index === 'string' && { index }) }]
  }

const ofRequestItems =
  (action: string) =>
  (input: Input): Touch[] =>
    Object.keys(input['RequestItems'] ?? {}).map((table) => ({ action, table }))

const transactActions: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Delete: 'DeleteItem',
  Update: 'UpdateItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
}

const ofTransaction = (input: Input): Touch[] =>
  ((input['TransactItems'] ?? []) as readonly Readonly<Record<string, Input>>[]).flatMap((item) =>
    Object.entries(item).map(([kind, part]) => ({
      action: own(transactActions, kind) ?? kind,
      table: textOf(part, 'TableName'),
      ...itemIn(part),
    })),
  )

const reads = {
  GetItem: ofTable('GetItem'),
  BatchGetItem: ofRequestItems('BatchGetItem'),
  Query: ofTableOrIndex('Query'),
  Scan: ofTableOrIndex('Scan'),
  TransactGetItems: ofTransaction,
} as const
const writes = {
  PutItem: ofTable('PutItem'),
  UpdateItem: ofTable('UpdateItem'),
  DeleteItem: ofTable('DeleteItem'),
  BatchWriteItem: ofRequestItems('BatchWriteItem'),
  TransactWriteItems: ofTransaction,
} as const

export interface DynamoDeps {
  readonly emulator: DynamoEmulator
  readonly region: string
  readonly account: string
  readonly countUnits: CountUnits
  /** Called after a write that the emulator has taken, with the tables that it touched. */
  readonly written: (tables: readonly string[]) => void
}

/** DynamoDB: the emulator behind IAM and a count of the units that each caller consumes. */
export function dynamoOperations(deps: DynamoDeps): Operations {
  const tokens = new TransactionTokens()
  const partitions = new PartitionKeys(deps.emulator)
  const operation = (touches: (input: Input) => Touch[], writing: boolean) => async (call: Call) => {
    const touched = touches(call.input)
    await authorizeAll(call, touched, deps, partitions)
    const { ClientRequestToken: token, ...input } = call.input
    const send = async () => {
      const answer = await counted(call, input, writing, deps)
      if (writing) deps.written([...new Set(touched.map(({ table }) => table))])
      return answer
    }
    return typeof token === 'string' ? tokens.once(token, input, send) : send()
  }
  return {
    ...Object.fromEntries(Object.entries(reads).map(([name, touches]) => [name, operation(touches, false)])),
    ...Object.fromEntries(Object.entries(writes).map(([name, touches]) => [name, operation(touches, true)])),
    DescribeTable: async (call) => {
      await authorizeAll(call, ofTable('DescribeTable')(call.input), deps, partitions)
      return deps.emulator.call('DescribeTable', call.input)
    },
    ListTables: (call) => {
      call.authorize('dynamodb:ListTables', '*')
      return deps.emulator.call('ListTables', call.input)
    },
  }
}

async function authorizeAll(
  call: Call,
  touched: readonly Touch[],
  { region, account }: DynamoDeps,
  partitions: PartitionKeys,
): Promise<void> {
  for (const { action, table, index, item } of touched) {
    const arn = table.startsWith('arn:') ? table : `arn:aws:dynamodb:${region}:${account}:table/${table}`
    const leading = item && own(item, await partitions.of(table))?.S
    call.authorize(`dynamodb:${action}`, index === undefined ? arn : `${arn}/index/${index}`, {
      ...(leading !== undefined && { 'dynamodb:LeadingKeys': [leading] }),
    })
  }
}

/** The names of the partition keys of tables, each asked for once. */
class PartitionKeys {
  private readonly emulator: DynamoEmulator
  private readonly known = new Map<string, Promise<string>>()

  constructor(emulator: DynamoEmulator) {
    this.emulator = emulator
  }

  of(table: string): Promise<string> {
    const name = this.known.get(table) ?? this.ask(table)
    this.known.set(table, name)
    name.catch(() => this.known.delete(table))
    return name
  }

  private async ask(TableName: string): Promise<string> {
    const { Table } = (await this.emulator.call('DescribeTable', { TableName })) as {
      readonly Table: { readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: string }[] }
    }
    return Table.KeySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? ''
  }
}

interface Consumed {
  readonly CapacityUnits?: number
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, { readonly CapacityUnits?: number }>>
}

/** The units of all answers together, by index. */
function ofIndexes(all: readonly Consumed[]): Readonly<Record<string, number>> {
  const units = new Map<string, number>()
  for (const { GlobalSecondaryIndexes = {} } of all)
    for (const [index, { CapacityUnits = 0 }] of Object.entries(GlobalSecondaryIndexes))
      units.set(index, (units.get(index) ?? 0) + CapacityUnits)
  return Object.fromEntries(units)
}

/** The emulator's answer; the emulator always counts the units, and a caller sees them only when it asked. */
async function counted(call: Call, input: Input, writing: boolean, { emulator, countUnits }: DynamoDeps) {
  const asked = input['ReturnConsumedCapacity']
  const wanted = asked !== undefined && asked !== 'NONE'
  const answer = await emulator.call(call.operation, {
    ...input,
    ...(!wanted && { ReturnConsumedCapacity: 'INDEXES' }),
  })
  const { ConsumedCapacity: consumed, ...rest } = answer
  const all = ([consumed].flat() as readonly (Consumed | undefined)[]).filter((each) => each !== undefined)
  const units = all.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0)
  countUnits(call, writing ? { read: 0, write: units, ofIndexes: ofIndexes(all) } : { read: units, write: 0 })
  return wanted ? answer : rest
}

/** How long DynamoDB remembers a `ClientRequestToken`, in milliseconds. */
const tokenMs = 600_000

/**
 * What DynamoDB does with a `ClientRequestToken`: the same transaction again succeeds without a second effect, another one is refused.
 * The emulator could do it, but slows down with every token that it has seen.
 */
class TransactionTokens {
  private readonly known = new Map<
    string,
    { readonly hash: string; readonly at: number; readonly answer: Promise<Input> }
  >()

  async once(token: string, input: Input, send: () => Promise<Input>): Promise<Input> {
    this.forget()
    const hash = createHash('sha1').update(JSON.stringify(input)).digest('base64')
    const known = this.known.get(token)
    if (known === undefined) {
      const answer = send()
      this.known.set(token, { hash, at: Date.now(), answer })
      // Only a transaction that succeeded is remembered.
      answer.catch(() => this.known.delete(token))
      return answer
    }
    if (known.hash === hash) return known.answer
    throw new AwsError(
      'IdempotentParameterMismatchException',
      'The ClientRequestToken came with another transaction before.',
    )
  }

  private forget(): void {
    for (const [token, { at }] of this.known) {
      if (Date.now() - at < tokenMs) return
      this.known.delete(token)
    }
  }
}

function textOf(input: Input, name: string): string {
  const value = own(input, name)
  if (typeof value === 'string') return value
  throw new AwsError('ValidationException', `${name} is missing.`)
}
