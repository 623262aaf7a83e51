import { detailTypeOf } from '../../../schemas/contract.ts'
import { published as asPublished } from '../../../schemas/retired.ts'
import { allEvents } from '../../../schemas/topology.ts'
import { services } from '../engine/services.ts'
import { isPoisonRecord } from '../engine/table-stream.ts'
import { retentionDays } from '../../../lib/delivery.ts'
import { type World, daysMs } from '../engine/world.ts'
import type { LyingSources } from '../faults/lying-sources.ts'
import type { TimedFaults } from '../faults/timed-faults.ts'
import type { Ledger } from './ledger.ts'
import { Violation } from './violation.ts'

export function checkEvents({ bus }: World, { promised }: Ledger, lying: LyingSources): void {
  const published = new Map<string, string>()
  for (const { detail, ...event } of bus.recent()) {
    const { id, data, ...envelope } = detail as { id: string; data: unknown }
    if (lying.wayOf(id)) continue
    // What an older release still publishes, this one leaves out.
    const contract = allEvents.find((each) => detailTypeOf(each) === event['detail-type'])
    const body = JSON.stringify([envelope, contract ? asPublished(contract.data, data) : data])
    if ((published.get(id) ?? body) !== body)
      throw new Violation('one event per version', `${id} was published in two ways`)
    published.set(id, body)
  }
  for (const id of promised)
    if (!published.has(id)) throw new Violation('no event is lost', `${id} was never published`)
  for (const id of published.keys())
    if (!promised.has(id)) throw new Violation('no event without a fact', `${id} was published`)
}

export function checkQueues({ deployed, clock, startedAt }: World, planned: TimedFaults): void {
  for (const service of services) {
    const { queue, deadLetters, undelivered, unpublished, spilled } = deployed[service]
    const poisonRecords = unpublished.messages().filter(({ Body }) => isPoisonRecord(Body))
    if (spilled.messages().length > 0)
      throw new Violation('queues become empty', `${service} has spilled records at rest`)
    if (queue.messages().length + undelivered.messages().length + unpublished.messages().length > poisonRecords.length)
      throw new Violation('queues become empty', `${service} has messages at rest`)
    if (planned.poisonedServices.has(service) && poisonRecords.length === 0)
      throw new Violation('poison is kept for people', `a record of ${service}`)
    for (const { Body } of deadLetters.messages())
      if (!planned.isHopeless(Body)) throw new Violation('only poison stays in dead letters', Body.slice(0, 300))
  }
  const parked = services.flatMap((service) => deployed[service].deadLetters.messages())
  // What lies in a queue of dead letters is kept for 14 days.
  if (clock.now() > startedAt + daysMs(retentionDays)) return
  for (const body of planned.hopeless())
    if (!parked.some(({ Body }) => Body === body)) throw new Violation('poison is kept for people', body)
  for (const body of planned.unparked())
    throw new Violation('poison is parked in time', `never by its function: ${body}`)
}
