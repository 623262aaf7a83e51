import type { Upload } from '../../schemas/imports.ts'

/** A file that was uploaded. */
export interface Uploaded {
  readonly etag: string
  readonly bytes: AsyncIterable<Uint8Array>
}

/** The files of imports: what came, and the results. Errors of S3 are thrown as they are. */
export interface ImportFiles {
  /** A form that takes the file of an import, once or more, until its time is over. */
  upload(id: string, contentType: string): Promise<Upload>
  /** The file, read from its first byte; undefined where there is none. */
  open(id: string): Promise<Uploaded | undefined>
  /** Keeps the results of some rows, the first one of which names them: written again, they are replaced. */
  keep(id: string, firstRow: number, results: string): Promise<void>
  /** The results that are kept under that first row; undefined where there are none. */
  kept(id: string, firstRow: number): Promise<string | undefined>
  /** Makes one file of all results, in the order of their rows. */
  join(id: string): Promise<void>
  /** Where that file can be fetched for an hour. */
  resultsUrl(id: string): Promise<string>
}
