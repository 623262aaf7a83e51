import { loadMutated } from '../load-mutated.ts'
import type { Defect } from './defect.ts'

/** A file of the simulation with defects planted into the code that it loads. Throws when a place to plant is not found exactly once. */
export const planted = <Module>(defects: readonly Defect[], file: string): Promise<Module> =>
  loadMutated(
    new Map(
      defects.map(({ file: each }) => {
        const here = defects.filter((defect) => defect.file === each)
        return [each, (source) => here.reduce(sown, source)]
      }),
    ),
    file,
  )

/** The source with the defect in it. */
export function sown(source: string, { name, find, replace }: Defect): string {
  const [head, tail, ...more] = source.split(find)
  if (head === undefined || tail === undefined || more.length > 0)
    throw new Error(`The place for "${name}" is there ${more.length === 0 ? 'no' : 'more than one'} time.`)
  return head + replace + tail
}
