import { services } from '../schemas/contract.ts'
import { topology } from '../schemas/topology.ts'
import { type Entry, kindsOf } from './entry.ts'
import { settings } from './services.ts'

/** Every function of the system. */
export const entries: readonly Entry[] = [
  { service: 'platform', kind: 'http' },
  { service: 'operations', kind: 'http' },
  ...services.flatMap((service) =>
    kindsOf(topology[service], settings[service].sweeps).map((kind) => ({ service, kind })),
  ),
]
