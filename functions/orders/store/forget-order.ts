import type { Origin } from '../../../schemas/origin.ts'
import { emailHash } from '../../runtime/email-hash.ts'
import { canonical, digest } from '../../runtime/ids.ts'
import { type Store, type Write, first, next, over } from '../../runtime/store.ts'
import { forgotten, withoutWords } from '../core/forgetting.ts'
import type { Contents } from '../core/order.ts'
import { findGuest, listedKey } from './guest-item.ts'
import { findLabels, writesOfRelabelling } from './labels-item.ts'
import { type Stored, changedBy, complete, headerOf } from './order-item.ts'
import { chunkCount, chunks, inline } from './order-contents.ts'
import { asideKey, reasonKey } from './order-keys.ts'
import { requestIn } from './order-marks.ts'

/**
 * The writes after which an order has nothing more of what it is to forget by now: its header, and in the same transaction what lies beside it.
 * Undefined where that is nothing. What lies aside gets another name, made of what is left: nothing that was on its way can put it back.
 */
export async function writesOfForgetting(
  store: Store,
  stored: Stored,
  origin: Origin,
): Promise<readonly [Write, ...Write[]] | undefined> {
  const { item, state } = stored
  const after = forgotten(state, origin.at)
  if (after === undefined) return undefined
  const [whole, guest, labels] = await Promise.all([
    complete(store, stored),
    findGuest(store, stored),
    findLabels(store, stored),
  ])
  const contents = keptOf(whole.contents, after.forgetting?.gone === 'all')
  const emits = state.forgetting?.gone === 'nothing' ? ['order.forgotten'] : [] // mutant: forgotten-event
  const { aside } = item
  const name = aside === undefined ? undefined : digest(canonical(contents)).slice(0, 12)
  const fixed = { hash: requestIn(item.hash), ...(name === undefined ? inline(contents) : { aside: name }) }
  const header = headerOf(changedBy(stored, after, origin), fixed, item, emits, origin)
  return [
    {
      put: { ...header, ...(item.reason?.aside && { reason: { ...header.reason, aside: true } }) },
      if: { version: item.version },
    },
    ...(aside === undefined || name === undefined || name === aside ? [] : moved(stored, contents, aside, name)),
    ...(item.reason?.aside && whole.order.reason
      ? [{ put: first({ ...reasonKey(item.pk), reason: withoutWords(whole.order.reason) }), if: 'any' } as const]
      : []),
    ...(labels ? writesOfRelabelling(stored, labels, {}) : []),
    ...(guest
      ? ([
          { put: { ...next(guest, {}), name: '', email: '', forgotten: true }, if: over(guest) },
          { delete: listedKey(emailHash(guest.email), stored), if: 'any' },
        ] as const)
      : []),
  ]
}

/** The contents without what somebody wrote, and without addresses once nobody asks for them. */
function keptOf({ notes: _, shippingAddress, billingAddress, ...rest }: Contents, isAll: boolean): Contents {
  if (isAll) return rest
  return { ...rest, ...(shippingAddress && { shippingAddress }), ...(billingAddress && { billingAddress }) }
}

function moved({ item }: Stored, contents: Contents, from: string, to: string): readonly Write[] {
  return [
    ...chunks(contents).map((chunk, index): Write => ({
      put: first({ ...asideKey(item.pk, to, index), ...chunk }),
      if: 'any',
    })),
    ...Array.from({ length: chunkCount(item.count) }, (_, index): Write => ({
      delete: asideKey(item.pk, from, index),
      if: 'any',
    })),
  ]
}
