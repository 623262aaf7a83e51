import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { describe, expect, it } from 'vitest'
import { stageAt } from '../../bin/place.ts'
import { replayArchive } from '../../bin/replay-events/replay-archive.ts'
import { systemClock } from '../../functions/runtime/clock.ts'
import type { Service } from '../../schemas/contract.ts'
import { settle, state } from './control.ts'
import { baseUrl, isLocal, place, signIn, stocked } from './target.ts'

describe.runIf(isLocal)('archived events', () => {
  const replay = async (service: Service, from: Date) => {
    const found = await stageAt({ url: baseUrl, aws: false })
    const states: string[] = []
    const to = new Date((await now()) + 60_000)
    const client = new EventBridgeClient(found.settings)
    await replayArchive(
      client,
      found,
      { from, to, service },
      { clock: systemClock, report: (each) => void states.push(each) },
    )
    return states
  }
  const now = async (): Promise<number> => Date.parse((await state()).now)

  it('come to one service again by one command, which takes them without harm', async () => {
    const [operator, customer] = await Promise.all([signIn('operator'), signIn('customer')])
    // The bus writes times down in whole seconds.
    const from = new Date((await now()) - 1_000)
    const sku = await stocked(operator, 5)
    const { id } = await place(customer, { [sku]: 2 })
    await settle()
    const before = await invocations()
    const [stock, order] = await Promise.all([
      operator.api.getLevels({ params: { sku } }),
      customer.api.getOrder({ params: { id } }),
    ])

    expect(await replay('inventory', from)).toEqual([expect.stringMatching(/^inventory-\d+: COMPLETED$/)])
    await settle()

    const after = await invocations()
    expect(after('inventory')).toBeGreaterThan(before('inventory'))
    expect(after('payments')).toBe(before('payments'))
    expect(await operator.api.getLevels({ params: { sku } })).toEqual(stock)
    expect(await customer.api.getOrder({ params: { id } })).toEqual(order)
  })

  it('are refused for a service that consumes none', async () => {
    await expect(replay('users', new Date(0))).rejects.toThrow('no rule')
  })

  /** How often the events function of a service has run. */
  async function invocations(): Promise<(service: string) => number> {
    const { functions } = await state()
    return (service) => functions.find(({ name }) => name.includes(`-${service}-EventsHandler`))?.invocations ?? 0
  }
})
