import { createReadStream, openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import { rowsOf } from '../../functions/catalog/on/file-rows.ts'
import type { Clock } from '../../functions/runtime/clock.ts'
import type { Import, Written } from '../../schemas/imports.ts'
import { ApiProblem } from '../../schemas/client.ts'
import type { Progress } from '../replay/progress.ts'
import type { Stack } from '../replay/stack.ts'

/** How often it is asked how far an import is, in milliseconds. */
const askEveryMs = 500

/**
 * Sends a file by the form of a new import, waits until it is over, and returns it. Throws `UnreadableFile` before anything is sent where the
 * file cannot be read to its end.
 */
export async function sendFile(
  { api }: Pick<Stack, 'api'>,
  path: string,
  written: Written,
  { clock, progress }: { readonly clock: Clock; readonly progress: Progress },
): Promise<Import> {
  let rows = 0
  for await (const { row } of rowsOf(createReadStream(path), written)) rows = row
  const { id, upload } = await api.createImport({ body: written })
  if (upload === undefined) throw new Error('The import has no form.')
  const form = new FormData()
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value)
  form.append('file', await openAsBlob(path), basename(path))
  const { status, statusText } = await fetch(upload.url, { method: 'POST', body: form })
  if (status !== 204) throw new Error(`The bucket did not take the file: ${status} ${statusText}.`)
  progress.start('import rows', rows)
  let shown = 0
  for (;;) {
    const seen = await unlessAway(api.getImport({ params: { id } }))
    const read = seen?.rows.read ?? 0
    for (; shown < read; shown += 1) progress.step()
    if (seen && seen.state !== 'waiting' && seen.state !== 'reading') {
      progress.stop()
      return seen
    }
    await clock.sleep(askEveryMs)
  }
}

/** Undefined where the API has no answer now: the import goes on all the same. */
const unlessAway = (asking: Promise<Import>): Promise<Import | undefined> =>
  asking.catch((error: unknown) => {
    if (error instanceof ApiProblem && error.status < 500) throw error
    return undefined
  })
