import type { Chance } from '../../../bin/fuzz/chance.ts'
import { scopesOf } from '../../../schemas/access.ts'
import { type RouteContract, scopeOf } from '../../../schemas/contract.ts'
import { topology } from '../../../schemas/topology.ts'
import { services } from '../engine/services.ts'
import { Violation } from '../invariants/violation.ts'
import { type Workload, operator } from './workload.ts'

/** What a list has to be asked for. */
const queries: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'GET /shipments': { warehouseId: 'main' },
  'GET /inventory': { sku: 'sku-1' },
  'GET /levels': { low: 'true' },
  'GET /payments': { onHold: 'true' },
}

const scopes = scopesOf(['operator'])

/** Every list that an operator may look at whole: of no user, and of nothing that a path names. */
const lists = services.flatMap((service) =>
  Object.values<RouteContract>(topology[service].routes).flatMap((route) => {
    const { method, path } = route
    const scope = scopeOf(route)
    const isList = method === 'GET' && !path.includes('{') && !path.startsWith('/users/me')
    return isList && (scope === undefined || scopes.has(scope)) ? [{ service, route: `GET ${path}` }] : []
  }),
)

/** An operator looks at every list now and then, page by page: whatever stands in a table is in nobody's way. */
export async function lookAround(workload: Workload, chance: Chance): Promise<void> {
  const { world } = workload
  for (let looks = chance.between(1, 6); looks > 0; looks -= 1) {
    await world.sleep(chance.below(chance.pick([60_000, 1_200_000, 3 * 3_600_000])))
    for (const { service, route } of lists) {
      let cursor: string | undefined
      for (let pages = 0; pages < 5; pages += 1) {
        const query = { ...queries[route], ...(cursor !== undefined && { cursor }) }
        const reply = await workload.ask(service, { as: operator, route, query })
        if (reply !== undefined && reply.status !== 200)
          throw new Violation('lists are shown whatever is in them', `${route}: ${JSON.stringify(reply)}`)
        cursor = reply?.body['cursor'] as string | undefined
        if (cursor === undefined) break
      }
    }
  }
}
