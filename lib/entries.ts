import { type Service, services } from '../schemas/contract.ts'
import { type ServiceContract, topology } from '../schemas/topology.ts'
import { settings } from './services.ts'

/** What wakes a function: a request, events in the service's queue, the stream of its table, a clock. */
export type Kind = 'http' | 'events' | 'relay' | 'sweep'

/** A function: its source is `functions/<service>/<kind>.ts`. */
export interface Entry {
  readonly service: Service | 'platform'
  readonly kind: Kind
}

/** The functions that a service needs by its contract and its settings. */
export function kindsOf(service: Service): readonly Kind[] {
  const contract: ServiceContract = topology[service]
  return [
    ...(Object.keys(contract.routes).length > 0 ? (['http'] as const) : []),
    ...(contract.consumes.length + contract.timers.length > 0 ? (['events'] as const) : []),
    ...(Object.keys(contract.events).length > 0 ? (['relay'] as const) : []),
    ...(settings[service].sweeps ? (['sweep'] as const) : []),
  ]
}

/** Every function of the system. */
export const entries: readonly Entry[] = [
  { service: 'platform', kind: 'http' },
  ...services.flatMap((service) => kindsOf(service).map((kind) => ({ service, kind }))),
]
