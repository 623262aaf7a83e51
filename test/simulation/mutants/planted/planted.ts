import { loadMutated } from '../load-mutated.ts'
import type { Defect } from './defect.ts'
import { sown } from './marks.ts'

/** A file of the simulation with defects planted into the code that it loads. Throws when one has no mark. */
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
