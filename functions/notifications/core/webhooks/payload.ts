import type { Envelope } from '../../../../schemas/contract.ts'

/** The body that every receiver of an event gets: the same for all, and for each attempt. */
export function bodyOf(name: string, event: Pick<Envelope<unknown>, 'id' | 'time' | 'data'>): string {
  const { id, time: timestamp, data } = event
  const { orderId } = data as { readonly orderId?: string }
  const sequence = name.startsWith('order.') ? sequenceOf(id) : undefined
  return JSON.stringify({
    id,
    type: name,
    timestamp,
    ...(sequence !== undefined && { sequence }),
    ...(orderId !== undefined && { orderId }),
    data,
  })
}

/** The version of the order that has caused an event, by the event's id: the higher one is the newer one. */
export function sequenceOf(eventId: string): number | undefined {
  const [, version] = /@(\d{1,15})\//.exec(eventId) ?? []
  return version === undefined ? undefined : Number(version)
}
