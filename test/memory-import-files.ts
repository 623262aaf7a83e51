import { createHash } from 'node:crypto'
import type { ImportFiles } from '../functions/runtime/import-files.ts'

const partOf = (id: string, firstRow: number): string => `${id} ${String(firstRow).padStart(9, '0')}`

/** Files of imports in memory, which come in pieces of a few bytes. */
export class MemoryImportFiles implements ImportFiles {
  readonly sent = new Map<string, Buffer>()
  readonly parts = new Map<string, string>()
  readonly results = new Map<string, string>()
  pieceLength = 7

  async upload(id: string) {
    return { url: 'https://files.example/', fields: { key: `files/${id}` } }
  }

  async open(id: string) {
    const content = this.sent.get(id)
    return content && { etag: createHash('md5').update(content).digest('hex'), bytes: this.#pieces(content) }
  }

  async *#pieces(content: Buffer): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < content.length; at += this.pieceLength) yield content.subarray(at, at + this.pieceLength)
  }

  async keep(id: string, firstRow: number, results: string) {
    this.parts.set(partOf(id, firstRow), results)
  }

  async kept(id: string, firstRow: number) {
    return this.parts.get(partOf(id, firstRow))
  }

  async join(id: string) {
    const own = [...this.parts].filter(([name]) => name.startsWith(`${id} `)).toSorted(([a], [b]) => (a < b ? -1 : 1))
    this.results.set(id, own.map(([, results]) => results).join(''))
  }

  async resultsUrl(id: string) {
    return `https://files.example/results/${id}`
  }
}
