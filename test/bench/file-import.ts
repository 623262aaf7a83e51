import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rowsOf } from '../../functions/runtime/file-rows.ts'
import { productFile } from '../../functions/catalog/on/upload.ts'
import { checked } from '../../functions/catalog/routes/import-rows.ts'

// How much processor and memory it takes to read and check the rows of a large file, without writing them: npx node test/bench/file-import.ts

const count = 100_000
const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
const file = join(folder, 'products.csv')
const rows = Array.from(
  { length: count },
  (_, n) => `${String(n).padStart(6, '0')};"Box ${n}, of ""tin""";${n % 900};GBP`,
)
writeFileSync(file, `\uFEFFsku;name;price;currency\r\n${rows.join('\r\n')}\r\n`)
rows.length = 0
globalThis.gc?.()

const before = process.cpuUsage()
const [restBytes, seen] = [process.memoryUsage.rss(), new Map<string, number>()]
let [good, peakBytes] = [0, restBytes]
for await (const row of rowsOf(createReadStream(file), { format: 'csv', encoding: 'utf-8' }, productFile)) {
  for (const { row: number, fields } of checked([row]).good) seen.set(fields.sku, number)
  good += 1
  if (good % 1_000 === 0) peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
}
const { user, system } = process.cpuUsage(before)
rmSync(folder, { recursive: true })
console.log(`${good} rows, ${seen.size} skus: ${((user + system) / 1e6).toFixed(1)} s of processor`)
console.log(`${Math.round(restBytes / 1e6)} MB before, ${Math.round(peakBytes / 1e6)} MB at most`)
