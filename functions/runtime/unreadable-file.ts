import type { ImportFailure } from '../../schemas/imports.ts'

/** A file that cannot be read on. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile'
  readonly failure: ImportFailure

  constructor(code: ImportFailure['code'], detail: string) {
    super(detail)
    this.failure = { code, detail }
  }
}
