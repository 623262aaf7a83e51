import type { UpdateDeps } from '../../../runtime/update.ts'
import type { Receivers } from '../../adapters/receivers.ts'
import type { Seals } from '../../adapters/seals.ts'
import type { WakeUps } from '../../adapters/wake-ups.ts'
import type { Health } from '../../core/webhooks/pump.ts'
import type { PumpItem } from '../../store/webhooks/pump-item.ts'

export interface SendingDeps extends UpdateDeps {
  readonly receivers: Receivers
  readonly seals: Seals
  readonly wakeUps: WakeUps
  /** How many attempts of one endpoint are under way at a time, at most. */
  readonly inFlight: number
}

/** What sends for an endpoint while it has the lease. */
export interface Run {
  readonly deps: SendingDeps
  readonly webhookId: string
  readonly leasedUntil: number
  item: PumpItem
  health: Health
  underWay: number
  sent: number
  /** The endpoint is deleted, paused or off. */
  isOver: boolean
  /** The versions of deliveries after this run had to do with them: the index shows older ones for a while. */
  readonly handled: Map<string, number>
}

/** An attempt is begun only while this much of the lease is left, in milliseconds: it takes 10 s at most, and is written then. */
const lastStartMs = 15_000

/** Whether there is time for another attempt. */
export const hasTime = ({ leasedUntil, deps: { clock } }: Pick<Run, 'leasedUntil' | 'deps'>): boolean =>
  clock.now() < leasedUntil - lastStartMs // mutant: last-start
