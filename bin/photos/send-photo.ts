import type { Upload } from '../../schemas/imports.ts'

/** Sends a file by a form of S3, as a browser does, and resolves to the status of the answer. */
export async function sendPhoto({ url, fields }: Upload, file: Uint8Array): Promise<number> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', new Blob([new Uint8Array(file)]))
  return (await fetch(url, { method: 'POST', body: form })).status
}
