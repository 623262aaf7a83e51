import { type Defect, defect } from './defect.ts'

/** Mistakes that another part of the code makes good: planted in pairs only. */
export const hiddenDefects: readonly Defect[] = [
  defect('levels are written whatever they are', 'inventory/store/stock-item', 'level-check', 'drop'),
  defect('nobody tries a queue again', 'inventory/store/stock-item', 'waiting-due', { value: '{}' }),
  defect('an event of any size is put', 'runtime/relay', 'entry-size', [/> /, '> 100 * ']),
  defect(
    'a call that is refused as a whole is made again for ever',
    'runtime/bus.eventbridge',
    'bus-invalid',
    'always',
  ),
]
