import { services } from '../../schemas/contract.ts'
import { type ClientOptions, send } from '../../schemas/client.ts'

/** A message as a queue of the local stack holds it. */
export interface HeldMessage {
  readonly body: string
  /** Of a dead letter: why it was given up. */
  readonly cause?: string
}

export interface HeldQueue {
  readonly name: string
  readonly depth: number
  readonly messages?: readonly HeldMessage[]
}

/** What the functions of each service have cost so far. */
export interface Usage {
  readonly services: readonly { readonly service: string; readonly calls: number; readonly writeUnits: number }[]
}

/** The alarms as they stand, and the graphs of the dashboard with those of their metrics that have counted something. */
export interface ShownMetrics {
  readonly alarms: readonly { readonly name: string; readonly state: 'OK' | 'ALARM' }[]
  readonly graphs: readonly {
    readonly title: string
    readonly metrics: readonly { readonly namespace: string; readonly name: string }[]
    readonly withData: readonly unknown[]
  }[]
}

/** The control API, which only the local stack has. */
export interface LocalControl {
  /** Waits until no message, stream record or due timer is in flight; an error after 60 seconds. */
  settle(): Promise<void>
  /** The time of the stack, in milliseconds since 1970. */
  now(): Promise<number>
  /** Moves the clock of the stack: `24h`. */
  advance(by: string): Promise<void>
  putEvent(event: { readonly source: string; readonly detailType: string; readonly detail: unknown }): Promise<void>
  queues(): Promise<readonly HeldQueue[]>
  /** Sends the messages of a dead-letter queue back to where they came from. */
  redrive(queue: string): Promise<void>
  usage(): Promise<Usage>
  metrics(): Promise<ShownMetrics>
  /** The mails that have arrived, the newest first. */
  mails(): Promise<readonly { readonly to: string; readonly text: string }[]>
  /** Where its AWS is; the key `local` with the secret `local` may do everything there. */
  aws(): Promise<{ readonly endpoint: string; readonly region: string }>
}

/** The control API of this stack, or undefined where there is none. */
export async function localControl(options: ClientOptions): Promise<LocalControl | undefined> {
  const found = await send(options, { method: 'GET', path: '/_local/state' })
  if (found.status !== 200) return undefined
  const call = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const headers = { 'content-type': 'application/json' }
    const answer = await send(options, { method, path: `/_local${path}`, headers, body: JSON.stringify(body) })
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body as Answer
  }
  return {
    async settle() {
      const answer = await call<{ settled: boolean }>('POST', '/settle', { timeoutMs: 60_000 })
      if (!answer.settled) throw new Error(`The stack has not settled in 60 seconds: ${JSON.stringify(answer)}`)
    },
    now: async () => Date.parse((await call<{ now: string }>('GET', '/clock')).now),
    advance: (by) => call('POST', '/clock', { advance: by }),
    putEvent: (event) => call('POST', '/events', event),
    queues: async () => (await call<{ queues: HeldQueue[] }>('GET', '/state')).queues,
    redrive: (queue) => call('POST', `/queues/${queue}/redrive`),
    metrics: () => call('GET', '/metrics'),
    usage: async () => usageOf((await call<{ calls: Tally[] }>('GET', '/state')).calls),
    mails: async () => (await call<{ items: { to: string; text: string }[] }>('GET', '/mail')).items,
    async aws() {
      const { endpoint, region } = await call<{ endpoint: string; region: string }>('GET', '/state')
      return { endpoint, region }
    },
  }
}

/** What a function has asked of AWS. */
interface Tally {
  /** The name of the function. */
  readonly caller: string
  readonly calls: number
  readonly writeUnits: number
}

/** The tallies by the service whose function it is. */
export function usageOf(tallies: readonly Tally[]): Usage {
  const owned = services.map((service) => {
    const own = tallies.filter(({ caller }) => caller.includes(`-${service}-`))
    return {
      service,
      calls: sum(own.map(({ calls }) => calls)),
      writeUnits: sum(own.map(({ writeUnits }) => writeUnits)),
    }
  })
  return { services: owned }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

/** Both together. */
export function usageSum(one: Usage, other: Usage): Usage {
  const others = new Map(other.services.map((each) => [each.service, each]))
  return {
    services: one.services.map(({ service, calls, writeUnits }) => ({
      service,
      calls: calls + (others.get(service)?.calls ?? 0),
      writeUnits: writeUnits + (others.get(service)?.writeUnits ?? 0),
    })),
  }
}

/** What was spent from the one to the other. */
export function usageBetween(before: Usage, after: Usage): Usage {
  const earlier = new Map(before.services.map((each) => [each.service, each]))
  return {
    services: after.services.map(({ service, calls, writeUnits }) => ({
      service,
      calls: calls - (earlier.get(service)?.calls ?? 0),
      writeUnits: writeUnits - (earlier.get(service)?.writeUnits ?? 0),
    })),
  }
}
