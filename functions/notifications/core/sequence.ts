/** What of the news of an order has been sent: everything below `sequence`, and of that one the events in `ids`; without `ids` all of them. */
export interface Sent {
  readonly sequence: number
  readonly ids?: readonly string[]
}

/** Before anything was sent. */
export const nothingSent: Sent = { sequence: 0, ids: [] }

/** The version of the order that an event came with, which its id names: one version may bring several events. */
export const sequenceOf = (eventId: string): number => Number(/@(\d+)\//.exec(eventId)?.[1] ?? 0)

interface Numbered {
  readonly id: string
  readonly sequence: number
}

/** Whether an event was sent, or is older than what was. */
export const isSent = (sent: Sent, { id, sequence }: Numbered): boolean =>
  sequence < sent.sequence || (sequence === sent.sequence && (sent.ids === undefined || sent.ids.includes(id))) // mutant: live-forward

/** What has been sent, with one more event that had not been. */
export const withSent = (sent: Sent, { id, sequence }: Numbered): Sent =>
  sequence === sent.sequence && sent.ids ? { sequence, ids: [...sent.ids, id] } : { sequence, ids: [id] }

/** Those that were not sent, in their order. */
export const unsent = <Each extends Numbered>(sent: Sent, events: readonly Each[]): Each[] =>
  events.filter((each) => !isSent(sent, each)).toSorted((a, b) => a.sequence - b.sequence)
