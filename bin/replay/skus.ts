import { Sku } from '../../schemas/shared.ts'

/**
 * A sku for every stock code, each its own: the code itself where it is one, else the code with hyphens in place of what a sku may not
 * contain, numbered where that is taken.
 */
export function skusOf(codes: readonly string[]): ReadonlyMap<string, string> {
  const distinct = [...new Set(codes)]
  const legal = distinct.filter((code) => Sku.safeParse(code).success)
  const taken = new Set(legal)
  const skus = new Map(legal.map((code) => [code, code]))
  for (const code of distinct.filter((each) => !skus.has(each))) {
    const stem = code
      .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 60)
    let sku = stem
    for (let number = 2; taken.has(sku); number += 1) sku = `${stem.slice(0, 56)}-${number}`
    taken.add(sku)
    skus.set(code, sku)
  }
  return skus
}
