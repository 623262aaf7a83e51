/** Units that are wanted of one sku, and what each place has of it. */
export interface Spread {
  readonly quantity: number
  readonly in: readonly number[]
}

/**
 * The fewest places that have everything together, beside those that are `given`: at most `most` more. Exact for up to two more, the first
 * pair in order of the places; beyond, the place that has most of what is missing is added each time. Ascending; undefined when it takes
 * more.
 */
export function fewest(
  spreads: readonly Spread[],
  given: readonly number[],
  most: number,
): readonly number[] | undefined {
  // What the given places have is counted, and must not be counted again.
  const missing = spreads.map((spread) => ({
    quantity: spread.quantity - unitsIn(spread, given),
    in: spread.in.map((units, place) => (given.includes(place) ? 0 : units)),
  }))
  const short = missing.filter(({ quantity }) => quantity > 0)
  const added = short.length === 0 ? [] : (few(short, most) ?? greedy(short, most))
  return added && [...given, ...added].toSorted((a, b) => a - b)
}

const unitsIn = (spread: Spread, places: readonly number[]): number =>
  places.reduce((sum, place) => sum + (spread.in[place] ?? 0), 0)

/** One place, or else two. */
function few(spreads: readonly Spread[], most: number): readonly number[] | undefined {
  const [hardest] = spreads.toSorted((a, b) => stocking(a) - stocking(b))
  const places = hardest === undefined ? [] : hardest.in.flatMap((units, place) => (units > 0 ? [place] : []))
  const haveAll = (chosen: readonly number[]): boolean =>
    spreads.every((spread) => unitsIn(spread, chosen) >= spread.quantity)
  const one = most < 1 ? undefined : places.find((place) => haveAll([place]))
  if (one !== undefined || most < 2) return one === undefined ? undefined : [one]
  const all = spreads[0]?.in.map((_, place) => place) ?? []
  for (const first of all)
    for (const second of all.slice(first + 1))
      // One of the two has some of what fewest places have.
      if ((places.includes(first) || places.includes(second)) && haveAll([first, second])) return [first, second]
  return undefined
}

/** How many places have any. */
const stocking = (spread: Spread): number => spread.in.filter((units) => units > 0).length

function greedy(spreads: readonly Spread[], most: number): readonly number[] | undefined {
  const open = spreads.map((spread) => ({ spread, missing: spread.quantity }))
  const gainOf = (place: number): number =>
    open.reduce((sum, { spread, missing }) => sum + Math.min(missing, spread.in[place] ?? 0), 0)
  const chosen: number[] = []
  const rest = new Set(spreads[0]?.in.keys())
  while (open.some(({ missing }) => missing > 0)) {
    if (chosen.length >= most || rest.size === 0) return undefined
    const best = [...rest].reduce((one, other) => (gainOf(other) > gainOf(one) ? other : one))
    for (const line of open) line.missing -= Math.min(line.missing, line.spread.in[best] ?? 0)
    rest.delete(best)
    chosen.push(best)
  }
  return chosen
}
