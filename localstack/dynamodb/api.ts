import { createHash } from 'node:crypto'
import { Agent, request } from 'node:http'
import { AwsError } from '../endpoint/aws-error.ts'
import type { Call, CountUnits, Operations } from '../endpoint/call.ts'
import { own } from '../../schemas/own.ts'

/** An answer of the emulator. */
interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** The emulator's error, handed on with everything that it says besides code and message, such as `CancellationReasons`. */
export class DynamoError extends AwsError {
  readonly body: Readonly<Record<string, unknown>>

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    const { __type: type = 'InternalServerError', message, Message = '' } = body as Readonly<Record<string, string>>
    super(type.slice(type.lastIndexOf('#') + 1), message ?? Message, status)
    this.body = body
  }
}

/** The DynamoDB emulator, over its JSON protocol. */
export class DynamoEmulator {
  private readonly endpoint: string
  private readonly agent = new Agent({ keepAlive: true })

  constructor(endpoint: string) {
    this.endpoint = endpoint
  }

  /** Calls an operation of `DynamoDB` or `DynamoDBStreams`. Throws `DynamoError`. */
  async call(
    operation: string,
    input: Readonly<Record<string, unknown>>,
    api: 'DynamoDB' | 'DynamoDBStreams' = 'DynamoDB',
  ): Promise<Readonly<Record<string, unknown>>> {
    const { status, body } = await this.send(`${api}_20120810.${operation}`, JSON.stringify(input))
    if (status === 200) return body
    throw new DynamoError(status, body)
  }

  stop(): void {
    this.agent.destroy()
  }

  private send(target: string, body: string): Promise<Answer> {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(body),
      'x-amz-target': target,
      'x-amz-date': '20000101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20000101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=local',
    }
    return new Promise((resolve, reject) => {
      const outgoing = request(this.endpoint, { method: 'POST', agent: this.agent, headers }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          resolve({ status: response.statusCode ?? 500, body: JSON.parse(text) as Answer['body'] })
        })
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }
}

/** What a call touches: an action of IAM on a table or index. */
interface Touch {
  readonly action: string
  readonly table: string
  readonly index?: string
}

type Input = Readonly<Record<string, unknown>>

const ofTable =
  (action: string) =>
  (input: Input): Touch[] => [{ action, table: textOf(input, 'TableName') }]

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

export interface DynamoParts {
  readonly emulator: DynamoEmulator
  readonly region: string
  readonly account: string
  readonly countUnits: CountUnits
  /** Called after a write that the emulator has taken, with the tables that it touched. */
  readonly written: (tables: readonly string[]) => void
}

/** DynamoDB: the emulator behind IAM and a count of the units that each caller consumes. */
export function dynamoOperations(parts: DynamoParts): Operations {
  const tokens = new TransactionTokens()
  const operation = (touches: (input: Input) => Touch[], writing: boolean) => async (call: Call) => {
    const touched = touches(call.input)
    authorizeAll(call, touched, parts)
    const { ClientRequestToken: token, ...input } = call.input
    const send = async () => {
      const answer = await counted(call, input, writing, parts)
      if (writing) parts.written([...new Set(touched.map(({ table }) => table))])
      return answer
    }
    return typeof token === 'string' ? tokens.once(token, input, send) : send()
  }
  return {
    ...Object.fromEntries(Object.entries(reads).map(([name, touches]) => [name, operation(touches, false)])),
    ...Object.fromEntries(Object.entries(writes).map(([name, touches]) => [name, operation(touches, true)])),
    DescribeTable: (call) => {
      authorizeAll(call, ofTable('DescribeTable')(call.input), parts)
      return parts.emulator.call('DescribeTable', call.input)
    },
    ListTables: (call) => {
      call.authorize('dynamodb:ListTables', '*')
      return parts.emulator.call('ListTables', call.input)
    },
  }
}

function authorizeAll(call: Call, touched: readonly Touch[], { region, account }: DynamoParts): void {
  for (const { action, table, index } of touched) {
    const arn = table.startsWith('arn:') ? table : `arn:aws:dynamodb:${region}:${account}:table/${table}`
    call.authorize(`dynamodb:${action}`, index === undefined ? arn : `${arn}/index/${index}`)
  }
}

/** The emulator's answer; the units are always asked for, and handed on only to who asked for them. */
async function counted(call: Call, input: Input, writing: boolean, { emulator, countUnits }: DynamoParts) {
  const asked = input['ReturnConsumedCapacity']
  const wanted = asked !== undefined && asked !== 'NONE'
  const answer = await emulator.call(call.operation, { ...input, ...(!wanted && { ReturnConsumedCapacity: 'TOTAL' }) })
  const { ConsumedCapacity: consumed, ...rest } = answer
  const units = ([consumed].flat() as readonly ({ CapacityUnits?: number } | undefined)[]).reduce(
    (sum, each) => sum + (each?.CapacityUnits ?? 0),
    0,
  )
  countUnits(call, writing ? { read: 0, write: units } : { read: units, write: 0 })
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
