import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle, bundleOf } from '../../lib/bundle.ts'
import { type Entry, entries } from '../../lib/entries.ts'

const fileOf = (entry: Entry, folder?: string): string => join(bundleOf(entry, folder), 'index.mjs')
const named = entries.map((entry) => [`${entry.service} ${entry.kind}`, entry] as const)

describe('bundles', () => {
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
    await bundle(entries, folder)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each(named)('of %s is below 700 KB', (_, entry) => {
    expect(statSync(fileOf(entry, folder)).size).toBeLessThan(700_000)
  })

  it.each(named.filter(([, { service }]) => service === 'orders'))(
    'of %s stands alone, with a handler',
    async (_, entry) => {
      const { handler } = (await import(pathToFileURL(fileOf(entry, folder)).href)) as { handler: unknown }
      expect(handler).toBeTypeOf('function')
    },
  )

  it('are the same bytes for the same sources, and not written again', async () => {
    const before = entries.map((entry) => [
      readFileSync(fileOf(entry, folder)),
      statSync(fileOf(entry, folder)).mtimeMs,
    ])
    await bundle(entries, folder)
    const after = entries.map((entry) => [readFileSync(fileOf(entry, folder)), statSync(fileOf(entry, folder)).mtimeMs])
    expect(after).toEqual(before)
  })

  it('are refused, by name, where a function is missing', async () => {
    await expect(bundle([{ service: 'users', kind: 'sweep' }], folder)).rejects.toThrow('functions/users/sweep.ts')
  })
})
