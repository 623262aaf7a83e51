import type { DataOf } from '../../../schemas/contract.ts'
import type { events } from '../../../schemas/orders.ts'
import type { Requested } from './requests.ts'

export const hold = ({ lines, holdSeconds }: DataOf<typeof events.orderPlaced>): Requested => ({
  move: 'hold',
  lines,
  holdSeconds,
})

export const commit = (): Requested => ({ move: 'commit' }) // mutant: commit-request

export const close = (): Requested => ({ move: 'close' }) // mutant: close-request
