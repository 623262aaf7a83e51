import { type Notification } from '../../../schemas/notification.ts'
import { sortableTime, timeOf } from '../../runtime/clock.ts'
import { digest } from '../../runtime/ids.ts'
import { type Item, type Key, type Write, first } from '../../runtime/store.ts'
import { type Box, type Content, type Message, keptMs } from '../core/message.ts'
import { messages } from '../core/texts/en.ts'

/** A message as its inbox has it. Its place (`sk`) is its time and what it comes from. */
type MessageItem = Item & Content & { readonly orderId?: string; readonly sku?: string }

/** The partition of an inbox. */
export const partitionOf = (box: Box): string => ('userId' in box ? `user_${box.userId}` : `staff_${box.scope}`)

/** The write of a message, where it is not there yet. */
export function writeOf({ box, at, source, kind, values, orderId, sku }: Message): Write {
  const pk = partitionOf(box)
  const put = first({
    pk,
    sk: `${sortableTime(at)}#${digest(pk, kind, source)}`,
    kind,
    values,
    ...(orderId !== undefined && { orderId }),
    ...(sku !== undefined && { sku }),
    ttl: Math.ceil((at + keptMs) / 1_000),
  })
  return { put, if: 'absent' }
}

/** Where the message with this id is in its inbox. */
export const placeOf = (id: string): string => id.replace(/^ntf_(\d{13})_/, '$1#')

/** Where it is if that inbox has it. */
export const keyIn = (box: Box, id: string): Key => ({ pk: partitionOf(box), sk: placeOf(id) })

/** The name of a message, for everybody outside. */
export const idOf = ({ sk }: Key): string => `ntf_${sk.replace('#', '_')}`

/** A message as the API shows it; `readAt` in milliseconds since 1970. */
export function shown(item: Item, readAt: number | undefined): Notification {
  const { sk, kind, values, orderId, sku } = item as MessageItem
  const [time = ''] = sk.split('#')
  return {
    id: idOf(item),
    kind,
    ...textOf({ kind, values } as Content),
    ...(orderId !== undefined && { orderId }),
    ...(sku !== undefined && { sku }),
    at: timeOf(Number(time)),
    ...(readAt !== undefined && { readAt: timeOf(readAt) }),
  }
}

/** Whose message an item is, and what it is about; undefined for what is no message in the inbox of a user. */
export function personal(item: Item): { readonly userId: string; readonly content: Content } | undefined {
  const { kind, values } = item as Partial<MessageItem>
  if (kind === undefined || !item.pk.startsWith('user_')) return undefined
  return { userId: item.pk.slice('user_'.length), content: { kind, values } as Content }
}

/** The type checker cannot see that text and values are of the same kind. */
export const textOf = ({ kind, values }: Content): { title: string; text: string } => messages[kind](values as never)
