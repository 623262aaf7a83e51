import { registerHooks } from 'node:module'
import type { Defect } from './defect.ts'

const root = new URL('../../', import.meta.url).href
/** What is loaded anew for each defect: the code that can have one, and the simulation that imports it. */
const anew = [`${root}functions/`, `${root}test/simulation/`]

let plantings = 0

/**
 * A file of the simulation with defects planted into the code that it loads; the files stay as they are. Throws when a place to plant is
 * not found exactly once.
 */
export async function planted<Module>(defects: readonly Defect[], file: string): Promise<Module> {
  const mark = `?planted=${(plantings += 1)}`
  const left = new Set(defects)
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      const found = next(specifier, context)
      const fresh = context.parentURL?.endsWith(mark) && anew.some((folder) => found.url.startsWith(folder))
      return fresh && !found.url.endsWith(mark) ? { ...found, url: found.url + mark } : found
    },
    load: (url, context, next) => {
      const loaded = next(url, context)
      const here = defects.filter(({ file }) => url === root + file + mark)
      if (here.length === 0) return loaded
      const source = here.reduce((text, defect) => {
        left.delete(defect)
        return sown(text, defect)
      }, textOf(loaded.source))
      return { ...loaded, source }
    },
  })
  try {
    const simulation = (await import(new URL(`${file}${mark}`, import.meta.url).href)) as Module
    if (left.size > 0) throw new Error(`Not loaded: ${[...left].map(({ file }) => file).join(', ')}`)
    return simulation
  } finally {
    hooks.deregister()
  }
}

/** The source with the defect in it. */
export function sown(source: string, { name, find, replace }: Defect): string {
  const [head, tail, ...more] = source.split(find)
  if (head === undefined || tail === undefined || more.length > 0)
    throw new Error(`The place for "${name}" is there ${more.length === 0 ? 'no' : 'more than one'} time.`)
  return head + replace + tail
}

const textOf = (source: unknown): string =>
  typeof source === 'string' ? source : new TextDecoder().decode(source as Uint8Array)
