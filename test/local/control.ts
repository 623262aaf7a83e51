import { send } from '../../schemas/client.ts'
import { baseUrl } from './target.ts'

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
  const answer = (await call('POST', '/settle', { timeoutMs: 30_000 })) as { settled: boolean }
  if (!answer.settled) throw new Error(`not settled: ${JSON.stringify(answer)}`)
}

/** Moves the clock of the stack: `24h`, `90m`, `30s`. */
export const advance = (by: string): Promise<unknown> => call('POST', '/clock', { advance: by })

export const deleteSchedules = (): Promise<unknown> => call('DELETE', '/schedules')

/** Kills the function before or after its nth call of that operation from now on. */
export const killAt = (fault: {
  readonly function: string
  readonly operation?: string
  readonly nth: number
  readonly when: 'before' | 'after'
}): Promise<unknown> => call('POST', '/faults', fault)

/** Puts an event on the bus as it is. */
export const putEvent = (event: { readonly source: string; readonly detailType: string; readonly detail: unknown }) =>
  call('POST', '/events', event)

export const redrive = (queue: string): Promise<unknown> => call('POST', `/queues/${queue}/redrive`)

export interface State {
  readonly endpoint: string
  readonly queues: readonly {
    readonly name: string
    readonly depth: number
    readonly messages?: readonly { readonly body: string; readonly cause?: string }[]
  }[]
  readonly schedules: readonly { readonly name: string }[]
  readonly calls: readonly {
    readonly caller: string
    readonly calls: number
    readonly readUnits: number
    readonly writeUnits: number
  }[]
  readonly functions: readonly { readonly name: string; readonly invocations: number }[]
  /** The last events of the bus. */
  readonly events: readonly { readonly id: string; readonly source: string }[]
}

export const state = async (): Promise<State> => (await call('GET', '/state')) as State
