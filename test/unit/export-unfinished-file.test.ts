import { existsSync } from 'node:fs'
import { mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UnfinishedFile, pathsOf } from '../../bin/export/unfinished-file.ts'

const asked = { what: 'orders', from: '2026-11-01', to: '2026-11-30', format: 'csv', url: 'http://localhost' } as const

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'export-'))
  path = join(folder, 'orders.csv')
})
afterEach(() => rm(folder, { recursive: true }))

const open = (more: { readonly force?: boolean; readonly as?: object } = {}) =>
  UnfinishedFile.open(path, { ...asked, ...more.as }, { force: more.force ?? false })
const refusal = async (more?: Parameters<typeof open>[0]): Promise<string> => {
  const error: unknown = await open(more).catch((error: unknown) => error)
  return (error as Error).message
}
const text = (name: string) => readFile(name, 'utf8')

/** The first page written, and the process gone. */
async function begun(): Promise<void> {
  const file = await open()
  await file.append('héader\none\n', 1, { cursor: 'a' })
  await file.close()
}

/** Writes the rest from wherever the file stands, and gives it its name. */
async function goneOn(): Promise<string> {
  const file = await open()
  if (file.state.place === undefined) await file.append('héader\none\n', 1, { cursor: 'a' })
  if (file.state.place?.['cursor'] === 'a') await file.append('twö\n', 1, { cursor: 'b' })
  if (!file.state.whole) await file.append('three\n', 1, undefined)
  expect(file.state.rows).toBe(3)
  await file.finish()
  expect(await readdir(folder)).toEqual(['orders.csv'])
  return text(path)
}
const whole = 'héader\none\ntwö\nthree\n'

describe('a file whose process was killed', () => {
  it('goes on after rows that were written, in part or whole, before the state was', async () => {
    const bytes = Buffer.from('twö\n')
    for (let written = 0; written <= bytes.length; written += 1) {
      await begun()
      await writeFile(pathsOf(path).part, bytes.subarray(0, written), { flag: 'a' })
      expect(await goneOn()).toBe(whole)
      await rm(path)
    }
  })

  it('goes on after the state was written, and before anything else', async () => {
    await begun()
    const file = await open()
    await file.append('twö\n', 1, { cursor: 'b' })
    await file.close()
    expect(await goneOn()).toBe(whole)
  })

  it.runIf(existsSync('/dev/full'))('has no state of rows that the disk did not take', async () => {
    await (await open()).close()
    await rm(pathsOf(path).part)
    await symlink('/dev/full', pathsOf(path).part)
    const file = await open()
    await expect(file.append('one\n', 1, { cursor: 'a' })).rejects.toThrow('ENOSPC')
    await file.close()
    expect(JSON.parse(await text(pathsOf(path).state))).toEqual({ asked, bytes: 0, rows: 0, whole: false })
  })

  it('goes on from the old state where the new one is half written', async () => {
    await begun()
    await writeFile(`${pathsOf(path).state}.new`, '{"asked":')
    expect(await goneOn()).toBe(whole)
  })

  it('begins where only its state, or nothing of its first page, was written', async () => {
    await (await open()).close()
    await writeFile(pathsOf(path).part, 'hé')
    expect(await goneOn()).toBe(whole)
    await rm(path)
    await (await open()).close()
    await rm(pathsOf(path).part)
    expect(await goneOn()).toBe(whole)
  })

  it('gets its name where that was all that was missing, and is left alone where it has it', async () => {
    await begun()
    const file = await open()
    await file.append('twö\n', 1, { cursor: 'b' })
    await file.append('three\n', 1, undefined)
    const state = await text(pathsOf(path).state)
    await file.close()
    expect(await goneOn()).toBe(whole)
    await writeFile(pathsOf(path).state, state)
    expect(await goneOn()).toBe(whole)
  })
})

describe('a file in the way', () => {
  it('is not replaced without force, neither at the beginning nor at the end', async () => {
    await writeFile(path, 'mine')
    expect(await refusal()).toBe(`${path} is there. Name another file with --out, or let --force replace it.`)
    expect(await readdir(folder)).toEqual(['orders.csv'])
    await rm(path)
    await begun()
    const file = await open()
    await file.append('', 0, undefined)
    await writeFile(path, 'mine')
    await expect(file.finish()).rejects.toThrow('let --force replace it')
    expect([await text(path), await text(pathsOf(path).part)]).toEqual(['mine', 'héader\none\n'])
    await (await open({ force: true })).finish()
    expect(await text(path)).toBe('héader\none\n')
  })

  it('is no part of another export', async () => {
    await begun()
    for (const as of [{ to: '2026-11-29' }, { what: 'payments' }, { format: 'ndjson' }, { url: 'http://elsewhere' }])
      expect(await refusal({ as, force: true })).toBe(
        `${path}.part is of another export: --what orders --from 2026-11-01 --to 2026-11-30 --format csv --url http://localhost. Run that one to its end, or remove ${path}.part and ${path}.part.state.`,
      )
    expect(await goneOn()).toBe(whole)
  })

  it('is no part that has no state, lacks bytes, or whose state is none', async () => {
    const { part, state } = pathsOf(path)
    await writeFile(part, 'mine')
    expect(await refusal()).toMatch(/^\S+\.part is there, and \S+\.part\.state is not\. Remove it/)
    expect(await text(part)).toBe('mine')
    await rm(part)
    await begun()
    await writeFile(part, 'hé')
    expect(await refusal()).toMatch(/is shorter than .* Remove both/)
    await writeFile(state, '')
    expect(await refusal()).toMatch(/is not the state of an export\. Remove it/)
  })

  it('is no part that another run writes at the same time', async () => {
    const [one, other] = [await open(), await open()]
    await one.append('one\n', 1, { cursor: 'a' })
    await expect(other.append('one\n', 1, { cursor: 'a' })).rejects.toThrow('Another run writes')
    await Promise.all([one.close(), other.close()])
  })
})
