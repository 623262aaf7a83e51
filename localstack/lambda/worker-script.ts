import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'

let script: URL | undefined

/** The code of workers, without its types: the compiler that removes them would take its memory in each worker. */
export const workerScript = (): URL =>
  (script ??= new URL(`data:text/javascript,${encodeURIComponent(withoutTypes())}`))

function withoutTypes(): string {
  const source = readFileSync(new URL('worker.ts', import.meta.url), 'utf8')
  // Node warns that its function may change; the version that runs here is pinned.
  const warn = Reflect.get(process, 'emitWarning')
  process.emitWarning = () => {}
  try {
    return stripTypeScriptTypes(source)
  } finally {
    process.emitWarning = warn
  }
}
