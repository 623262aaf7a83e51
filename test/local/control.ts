import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs'
import type { Span } from '../../localstack/xray/span.ts'
import { send } from '../../schemas/client.ts'
import { baseUrl, until } from './target.ts'

async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await send(
    { baseUrl },
    {
      method,
      path: `/_local${path}`,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    },
  )
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body
}

/** Waits until nothing is in flight. */
export async function settle(): Promise<void> {
  const answer = (await call('POST', '/settle', { timeoutMs: 55_000 })) as { settled: boolean }
  if (!answer.settled) throw new Error(`not settled: ${JSON.stringify(answer)}`)
}

/** Moves the clock of the stack: `24h`, `90m`, `30s`. */
export const advance = (by: string): Promise<unknown> => call('POST', '/clock', { advance: by })

export interface Mailed {
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** The mails that have arrived at an address, the last one first. */
export async function mailsTo(address: string): Promise<readonly Mailed[]> {
  const { items } = (await call('GET', '/mail')) as { readonly items: readonly Mailed[] }
  return items.filter(({ to }) => to === address)
}

/** The last of them. */
export const mailTo = async (address: string): Promise<Mailed | undefined> => (await mailsTo(address))[0]

/** The code that was mailed there last. */
export const codeFor = async (address: string): Promise<string> =>
  (await mailsTo(address)).flatMap(({ text }) => text.match(/\b\d{8}\b/)?.[0] ?? [])[0] ?? 'none'

/** Traces this share of what begins from now on. */
export const traceShare = (share: number): Promise<unknown> => call('POST', '/traces', { share })

/** The spans of all that an order has set off. */
export const tracesOf = async (orderId: string): Promise<readonly Span[]> =>
  ((await call('GET', `/traces/${orderId}`)) as { readonly spans: readonly Span[] }).spans

export const deleteSchedules = (): Promise<unknown> => call('DELETE', '/schedules')

/** Kills the function before or after its nth call of that operation from now on. */
export const killAt = (fault: {
  readonly function: string
  readonly operation?: string
  readonly nth: number
  readonly when: 'before' | 'after'
}): Promise<unknown> => call('POST', '/faults', fault)

/** Waits until every function that is to be killed is dead. What it was doing is left half-way until somebody comes back to it. */
export async function died(): Promise<void> {
  await until(
    () => call('GET', '/faults') as Promise<{ readonly pending: number }>,
    ({ pending }) => pending === 0,
  )
}

/** Takes a service of AWS away for as long as `meanwhile` runs: `dynamodb`, `events`, `sqs`, `scheduler`. */
export async function without<Result>(service: string, meanwhile: () => Promise<Result>): Promise<Result> {
  await call('POST', '/outages', { service })
  try {
    return await meanwhile()
  } finally {
    await call('DELETE', '/outages')
  }
}

/** Puts an event on the bus as it is. */
export const putEvent = (event: { readonly source: string; readonly detailType: string; readonly detail: unknown }) =>
  call('POST', '/events', event)

/** Sends a message to the queue of a service, past the bus. */
export async function enqueue(service: string, body: unknown): Promise<void> {
  const { endpoint, region } = await state()
  const sqs = new SQSClient({ endpoint, region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } })
  const [, , , , account, name] = (await queueOf(service)).arn.split(':')
  const QueueUrl = `${endpoint}/${account}/${name}`
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) }))
}

/** Lets nothing out of the queue of a service, until it is let go. */
export const holdBack = async (service: string): Promise<unknown> =>
  call('POST', `/queues/${(await queueOf(service)).name}/hold`)

export const letGo = async (service: string): Promise<unknown> =>
  call('POST', `/queues/${(await queueOf(service)).name}/release`)

/** Lets nothing out of the queue of a service while `meanwhile` runs. */
export async function holdingBack<Result>(service: string, meanwhile: () => Promise<Result>): Promise<Result> {
  await holdBack(service)
  try {
    return await meanwhile()
  } finally {
    await letGo(service)
  }
}

/** Throws away what waits in the queue of a service. */
export async function purge(service: string): Promise<void> {
  await purgeQueue((await queueOf(service)).name)
}

/** The same of the queue with that name. */
export const purgeQueue = (name: string): Promise<unknown> => call('POST', `/queues/${name}/purge`)

/** How many messages wait in the queue of a service. */
export const waitingFor = async (service: string): Promise<number> => (await queueOf(service)).depth

async function queueOf(service: string): Promise<State['queues'][number]> {
  const { queues } = await state()
  const found = queues.find(({ name }) => name.includes(`-${service}-EventsQueue`))
  if (!found) throw new Error(`no queue of ${service} among ${queues.map(({ name }) => name).join(', ')}`)
  return found
}

export const redrive = (queue: string): Promise<unknown> => call('POST', `/queues/${queue}/redrive`)

export interface State {
  readonly now: string
  readonly endpoint: string
  /** By stack. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly region: string
  readonly queues: readonly {
    readonly name: string
    readonly arn: string
    readonly depth: number
    readonly deadLetters: boolean
    readonly messages?: readonly { readonly body: string; readonly cause?: string }[]
  }[]
  readonly buckets: readonly { readonly name: string; readonly count: number }[]
  readonly tables: readonly string[]
  readonly schedules: readonly { readonly name: string }[]
  readonly calls: readonly {
    readonly caller: string
    readonly calls: number
    readonly readUnits: number
    readonly writeUnits: number
    readonly indexUnits: Readonly<Record<string, number>>
  }[]
  readonly functions: readonly { readonly name: string; readonly invocations: number }[]
  /** The last events of the bus. */
  readonly events: readonly {
    readonly id: string
    readonly source: string
    readonly 'detail-type': string
    readonly detail: { readonly id: string; readonly correlationId: string; readonly data: Record<string, unknown> }
  }[]
}

/** The alarms that are on, as service and logical id. */
export async function alarmsOn(): Promise<string[]> {
  const { alarms } = (await call('GET', '/metrics')) as { alarms: { readonly name: string; readonly state: string }[] }
  return alarms.filter((alarm) => alarm.state === 'ALARM').map(({ name }) => name.split('-').slice(2).join('-'))
}

export const forgetFaults = (): Promise<unknown> => call('DELETE', '/faults')

export const state = async (): Promise<State> => (await call('GET', '/state')) as State

/** The last lines that functions have logged. */
export const logs = async (): Promise<readonly unknown[]> =>
  ((await call('GET', '/logs')) as { readonly lines: readonly unknown[] }).lines
