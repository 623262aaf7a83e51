import type { KnownCharge, ListedCharge } from '../../payments/core/listed.ts'
import type { Difference } from './differences.ts'

/** What the card provider lists of a time, in milliseconds since 1970. */
export interface CardList {
  readonly from: number
  readonly to: number
  readonly charges: readonly ListedCharge[]
}

/** The clocks of both sides differ by less, in milliseconds. */
const skewMs = 3_600_000

/**
 * What is wrong between a payment and the list of the card provider: `known` are its attempts, and undefined where there is no payment.
 * That less is set aside than a payment knows of is found out when it is captured.
 */
export function ofCards(
  of: string,
  known: readonly KnownCharge[] | undefined,
  listed: readonly ListedCharge[],
  { from, to }: Pick<CardList, 'from' | 'to'>,
): readonly Difference[] {
  const different = (detail: string): Difference => ({ kind: 'card', of, detail })
  const theirs = listed.flatMap(({ attempt, reference, kept, aside }) => {
    const ours = known?.find((each) => each.attempt === attempt)
    if (ours === undefined)
      return kept > 0 || aside > 0
        ? [different(`the provider keeps ${kept} and sets ${aside} aside as ${reference}, which no payment knows of`)]
        : []
    const { most, least, isAside } = ours
    return [
      ...(kept > most || kept < least
        ? [different(`the provider keeps ${kept} as ${reference}, attempt ${attempt} of the payment ${most}`)]
        : []),
      ...(aside > 0 && !isAside
        ? [different(`the provider sets ${aside} aside as ${reference}, attempt ${attempt} of the payment nothing`)]
        : []),
    ]
  })
  const has = new Set(listed.map(({ attempt }) => attempt))
  const missing = (known ?? [])
    .filter(({ attempt, at, least }) => least > 0 && at >= from + skewMs && at <= to && !has.has(attempt))
    .map(({ attempt, least }) =>
      different(`attempt ${attempt} of the payment keeps ${least}, which no list of the provider has`),
    )
  return [...theirs, ...missing]
}
