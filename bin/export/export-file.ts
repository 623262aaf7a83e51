import type { Api } from '../../schemas/client.ts'
import type { Progress } from '../replay/progress.ts'
import { kinds } from './kinds.ts'
import type { UnfinishedFile } from './unfinished-file.ts'

/** Writes what is still missing of a file, page by page: the next one is asked for when the last one is on the disk. */
export async function exportTo(file: UnfinishedFile, api: Api, progress: Progress): Promise<void> {
  const { asked, place, whole } = file.state
  if (whole) return
  const { counts, header, total, chunks } = kinds[asked.what]
  const all = await total(api, asked, place)
  progress.start(`${asked.what}, by ${counts}`, all)
  let shown = 0
  const show = (passed: number): void => {
    for (; shown < Math.min(passed, all); shown += 1) progress.step()
  }
  try {
    for await (const { text, rows, next, passed } of chunks(api, asked, place)) {
      await file.append(file.state.bytes === 0 ? header(asked.format) + text : text, rows, next)
      show(passed)
    }
    show(all)
  } finally {
    progress.stop()
  }
}
