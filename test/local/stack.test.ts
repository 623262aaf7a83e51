import { topology } from '../../schemas/topology.ts'
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2'
import { beforeAll, describe, expect, it } from 'vitest'
import { type RawAnswer } from '../../schemas/client.ts'
import { advance, settle, state, without } from './control.ts'
import { type SignedIn, isLocal, place, raw, signIn, stocked, until } from './target.ts'

const control = (method: string, path: string, body?: unknown): Promise<RawAnswer> =>
  raw({
    method,
    path: `/_local${path}`,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  })

interface FullState {
  readonly now: string
  readonly queues: readonly { readonly name: string; readonly depth: number; readonly deadLetters: boolean }[]
  readonly events: readonly { readonly 'detail-type': string; readonly detail: { readonly correlationId: string } }[]
  readonly calls: readonly { readonly caller: string; readonly operation: string; readonly writeUnits: number }[]
  readonly tables: readonly string[]
}
const fullState = async () => (await state()) as unknown as FullState

let operator: SignedIn
let customer: SignedIn

beforeAll(async () => {
  ;[operator, customer] = await Promise.all([signIn('operator'), signIn('customer')])
})

describe.runIf(isLocal)('the local stack', () => {
  it('lists its events, and the calls and write units of each function', async () => {
    const sku = await stocked(operator, 5)
    const { id } = await place(customer, { [sku]: 1 })
    await settle()
    const { events, calls, tables } = await fullState()
    const types = events.filter(({ detail }) => detail.correlationId === id).map((event) => event['detail-type'])
    expect(types).toEqual(expect.arrayContaining(['order.placed.v1', 'stock.reserved.v1', 'order.reserved.v1']))
    const placing = calls.find(({ caller, operation }) => caller.includes('-orders-Http') && operation === 'PutItem')
    expect(placing?.writeUnits).toBeGreaterThan(0)
    expect(tables.map((name) => name.split('-')[2])).toEqual(['platform', ...Object.keys(topology)])
  })

  it('moves its clock forward, and functions see it', async () => {
    const sku = await stocked(operator, 5)
    const before = Date.parse((await fullState()).now)
    await advance('1h30m')
    const moved = Date.parse((await fullState()).now) - before
    expect(moved).toBeGreaterThanOrEqual(5_400_000)
    expect(moved).toBeLessThan(5_430_000)
    const { placedAt } = await place(customer, { [sku]: 1 })
    expect(Date.parse(placedAt)).toBeGreaterThanOrEqual(before + 5_400_000)
  })

  it('keeps messages in a queue that is held, reports that it is not settled, and delivers them when released', async () => {
    const sku = await stocked(operator, 5)
    await settle()
    const queue = (await fullState()).queues.find(({ name }) => /inventory.*EventsQueue/.test(name))!.name
    await control('POST', `/queues/${queue}/hold`)
    try {
      const { id, status } = await place(customer, { [sku]: 1 })
      expect(status).toBe('placed')
      const depth = (await fullState()).queues.find(({ name }) => name === queue)?.depth
      expect(depth).toBeGreaterThan(0)
      await control('POST', `/queues/${queue}/release`)
      await until(
        () => customer.api.getOrder({ params: { id } }),
        (order) => order.status === 'reserved',
      )
    } finally {
      await control('POST', `/queues/${queue}/release`)
    }
  })

  it('shows the mails that arrived, until they are forgotten; those that come back do not arrive', async () => {
    const { endpoint, region } = await state()
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
    const ses = new SESv2Client({ endpoint, region, credentials, maxAttempts: 1 })
    const send = (to: string) =>
      ses.send(
        new SendEmailCommand({
          FromEmailAddress: 'shop@holdfast.example',
          Destination: { ToAddresses: [to] },
          Content: { Simple: { Subject: { Data: 'Hello' }, Body: { Text: { Data: to } } } },
        }),
      )
    await control('DELETE', '/mail')
    await send('ada@example.com')
    expect((await control('POST', '/mail/returns', { address: 'eve@example.com' })).status).toBe(200)
    await send('eve@example.com')
    await control('DELETE', '/mail/returns')
    await send('eve@example.com')
    await without('ses', () => expect(send('bob@example.com')).rejects.toMatchObject({ name: 'ServiceUnavailable' }))
    const { body } = await control('GET', '/mail')
    expect(body).toEqual({
      items: ['eve@example.com', 'ada@example.com'].map((to) => ({
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
        to,
        subject: 'Hello',
        text: to,
      })),
    })
    expect((await control('DELETE', '/mail')).body).toEqual({ items: [] })
    expect((await control('GET', '/mail')).body).toEqual({ items: [] })
  })

  it.each([
    ['POST', '/mail/returns', { address: 'nobody' }, 400],
    ['POST', '/clock', { advance: 'tomorrow' }, 400],
    ['POST', '/clock', { advance: `${'9'.repeat(400)}d` }, 400],
    ['POST', '/clock', { advance: '1h', more: true }, 400],
    ['POST', '/queues/none/redrive', {}, 404],
    ['GET', '/nothing', undefined, 404],
  ])('refuses %s %s %j with %i', async (method, path, body, status) => {
    const answer = await control(method, path, body)
    expect(answer.status).toBe(status)
    expect((answer.body as { message: string }).message).toBeTruthy()
  })

  it('has an endpoint that refuses keys that it did not give out', async () => {
    const { endpoint } = await state()
    const stranger = new DynamoDBClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'AKIAOTHER', secretAccessKey: 'x' },
    })
    const item = { pk: { S: 'a' }, sk: { S: 'b' } }
    const [, TableName] = (await fullState()).tables
    await expect(stranger.send(new PutItemCommand({ TableName, Item: item }))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    })
  })
})
