import type { DataOf, Envelope } from '../../../schemas/contract.ts'
import type { events } from '../../../schemas/catalog.ts'
import type { AnalyticsDeps } from '../deps.ts'
import { learnName } from '../store/name-item.ts'

type ProductEvent = Envelope<DataOf<typeof events.productCreated | typeof events.productUpdated>>

/** Keeps the name of a product. One that is deleted keeps it: it was sold under it. */
export const onProduct =
  (deps: AnalyticsDeps) =>
  ({ id: cause, data: { sku, name, version: productVersion } }: ProductEvent): Promise<void> =>
    learnName(deps, sku, { name, productVersion }, { cause, at: deps.clock.now(), by: 'catalog' })
