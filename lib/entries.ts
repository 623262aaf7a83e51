import { services } from '../schemas/contract.ts'
import { topology } from '../schemas/topology.ts'
import { type Entry, kindsOf } from './entry.ts'
import { settings } from './services.ts'

/** Every function of the system. */
export const entries: readonly Entry[] = [
  { service: 'platform', kind: 'http' },
  { service: 'platform', kind: 'tokens' },
  { service: 'operations', kind: 'http' },
  { service: 'operations', kind: 'reconcile' },
  { service: 'catalog', kind: 'imports' },
  { service: 'catalog', kind: 'photos' },
  { service: 'inventory', kind: 'imports' },
  { service: 'analytics', kind: 'fold' },
  { service: 'notifications', kind: 'mails' },
  { service: 'notifications', kind: 'alarms' },
  { service: 'notifications', kind: 'feed' },
  { service: 'notifications', kind: 'webhooks' },
  { service: 'notifications', kind: 'deliver' },
  { service: 'notifications', kind: 'live' },
  { service: 'notifications', kind: 'fanout' },
  // Of stages with a locked copy.
  { service: 'audit', kind: 'relay' },
  ...services.flatMap((service) =>
    kindsOf(topology[service], settings[service].sweeps).map((kind) => ({ service, kind })),
  ),
]
