import { createReadStream, openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import { type FileKind, rowsOf } from '../../functions/runtime/file-rows.ts'
import type { Clock } from '../../functions/runtime/clock.ts'
import type { ImportFailure, ImportState, Upload, Written } from '../../schemas/imports.ts'
import { ApiProblem } from '../../schemas/client.ts'
import type { Progress } from '../replay/progress.ts'

/** An import, whatever its rows are. */
export interface SentImport {
  readonly id: string
  readonly state: ImportState
  readonly rows: { readonly read: number } & Readonly<Record<string, number>>
  readonly failure?: ImportFailure | undefined
  readonly resultsUrl?: string | undefined
}

/** What takes the files of a kind. */
export interface Receiver {
  readonly kind: FileKind
  readonly begin: (written: Written) => Promise<SentImport & { readonly upload?: Upload | undefined }>
  readonly read: (id: string) => Promise<SentImport>
}

/** How often it is asked how far an import is, in milliseconds. */
const askEveryMs = 500

/**
 * Sends a file by the form of a new import, waits until it is over, and returns it. Throws `UnreadableFile` before anything is sent where the
 * file cannot be read to its end.
 */
export async function sendFile(
  receiver: Receiver,
  path: string,
  written: Written,
  { clock, progress }: { readonly clock: Clock; readonly progress: Progress },
): Promise<SentImport> {
  let rows = 0
  for await (const { row } of rowsOf(createReadStream(path), written, receiver.kind)) rows = row
  const { id, upload } = await receiver.begin(written)
  if (upload === undefined) throw new Error('The import has no form.')
  const form = new FormData()
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value)
  form.append('file', await openAsBlob(path), basename(path))
  const { status, statusText } = await fetch(upload.url, { method: 'POST', body: form })
  if (status !== 204) throw new Error(`The bucket did not take the file: ${status} ${statusText}.`)
  progress.start('import rows', rows)
  let shown = 0
  for (;;) {
    const seen = await unlessAway(receiver.read(id))
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
const unlessAway = (asking: Promise<SentImport>): Promise<SentImport | undefined> =>
  asking.catch((error: unknown) => {
    if (error instanceof ApiProblem && error.status < 500) throw error
    return undefined
  })
