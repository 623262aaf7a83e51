import { type Workload, operator } from './workload.ts'
import { Violation } from '../invariants/violation.ts'

/** Payments and parcels of an order are its owner's and the operators' alone, whether their services know it or not. */
export async function peek(
  workload: Workload,
  { id, customer }: { readonly id: string; readonly customer: string },
): Promise<void> {
  const { chance } = workload.world
  const [as, sees] = chance.pick([
    [{ sub: customer }, true],
    [operator, true],
    [{ sub: `${customer}-and-friend` }, false],
  ] as const)
  const [service, what] = chance.pick([
    ['payments', 'payments'],
    ['shipping', 'shipments'],
  ] as const)
  const reply = await workload.ask(service, { as, route: `GET /orders/{id}/${what}`, params: { id } })
  if (reply !== undefined && reply.status !== (sees ? 200 : 404))
    throw new Violation('orders are their owners’ alone', `${as.sub} asked for ${what} of ${id}: ${reply.status}`)
}
