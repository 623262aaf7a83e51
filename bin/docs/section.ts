/**
 * Puts generated text between the markers `<!-- <name> -->` and `<!-- /<name> -->` of a document. Throws when they are not there.
 */
export function withSection(document: string, name: string, text: string): string {
  const open = `<!-- ${name} -->`
  const close = `<!-- /${name} -->`
  const start = document.indexOf(open)
  const end = document.indexOf(close)
  if (start < 0 || end < start) throw new Error(`The markers ${open} and ${close} are missing.`)
  return `${document.slice(0, start + open.length)}\n\n${text}\n\n${document.slice(end)}`
}
