import { registerHooks } from 'node:module'

const root = new URL('../../../', import.meta.url).href
/** What is loaded again for each mutant: the code that can have one, and the simulation that imports it. */
const reloaded = [`${root}functions/`, `${root}test/simulation/`, `${root}test/claims.ts`]

let count = 0

/**
 * A file of `test/simulation` with other sources, by their files, for the code that it loads; the files stay as they are. Throws when one
 * of them is not loaded.
 */
export async function loadMutated<Module>(
  sources: ReadonlyMap<string, (source: string) => string>,
  file: string,
): Promise<Module> {
  const mark = `?mutant=${(count += 1)}`
  const left = new Set(sources.keys())
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      const found = next(specifier, context)
      const fresh = context.parentURL?.endsWith(mark) && reloaded.some((folder) => found.url.startsWith(folder))
      return fresh && !found.url.endsWith(mark) ? { ...found, url: found.url + mark } : found
    },
    load: (url, context, next) => {
      const loaded = next(url, context)
      const path = url.endsWith(mark) && url.startsWith(root) ? url.slice(root.length, -mark.length) : ''
      const mutated = sources.get(path)
      if (mutated === undefined) return loaded
      left.delete(path)
      return { ...loaded, source: mutated(textOf(loaded.source)) }
    },
  })
  try {
    const simulation = (await import(`${root}test/simulation/${file}${mark}`)) as Module
    if (left.size > 0) throw new Error(`Not loaded: ${[...left].join(', ')}`)
    return simulation
  } finally {
    hooks.deregister()
  }
}

const textOf = (source: unknown): string =>
  typeof source === 'string' ? source : new TextDecoder().decode(source as Uint8Array)
