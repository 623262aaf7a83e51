import { countChart } from '../../../functions/inventory/core/count-chart.ts'
import type { Count, CountedLine } from '../../../functions/inventory/core/count.ts'
import type { Item } from '../../../functions/runtime/store.ts'
import { allows } from '../../../schemas/state-chart.ts'
import { Violation } from './violation.ts'

/** What was counted is posted once, as the difference that it was, and only of sheets that are closed to further lines. */
export class CountInvariants {
  readonly #sheets = new Map<string, Count>()
  /** By sheet and sku. */
  readonly #lines = new Map<string, CountedLine>()
  readonly #posted = new Set<string>()

  /** Enters an item that inventory has written. */
  enter(after: Item): void {
    if (after.pk === 'counts') this.#enterSheet(after as Item & Count)
    if (after.sk.startsWith('line#')) this.#enterLine(after.pk, after as Item & CountedLine)
    if (after.sk.startsWith('movement_') && after['reason'] === 'count') this.#enterMovement(after)
  }

  #enterSheet(sheet: Count): void {
    const was = this.#sheets.get(sheet.id)?.status ?? 'open'
    if (!allows(countChart, was, sheet.status))
      throw new Violation('a count ends once', `${sheet.id} went from ${was} to ${sheet.status}`)
    this.#sheets.set(sheet.id, sheet)
  }

  #enterLine(id: string, line: CountedLine): void {
    const { status } = this.#sheets.get(id) ?? {}
    if (status !== 'open')
      throw new Violation('what is posted is fixed', `${id} ${line.sku} was entered when ${status}`)
    this.#lines.set(`${id} ${line.sku}`, line)
  }

  #enterMovement(movement: Item): void {
    const id = String(movement['reference'])
    const name = `${id} ${String(movement['sku'])}`
    const { counted = 0, onHand = 0 } = this.#lines.get(name) ?? {}
    const isOpen = this.#sheets.get(id)?.status === 'open'
    if (isOpen || this.#posted.has(name) || movement['delta'] !== counted - onHand)
      throw new Violation('a count is posted once', `${name}: ${String(movement['delta'])}, not ${counted - onHand}`)
    this.#posted.add(name)
  }

  /** At rest: every difference of a posted sheet is posted or named, and none is both. */
  check(): void {
    for (const [name, { sku, counted, onHand }] of this.#lines) {
      const sheet = this.#sheets.get(name.split(' ')[0] ?? '')
      if (sheet?.status !== 'posted' || counted === onHand) continue
      const isRefused = sheet.refused?.some(([of]) => of === sku) ?? false
      if (!isRefused && !this.#posted.has(name)) throw new Violation('a count is posted whole', name)
    }
  }
}
