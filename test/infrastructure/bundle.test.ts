import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle, bundleOf } from '../../lib/bundle.ts'
import { entries } from '../../lib/entries.ts'
import type { Entry } from '../../lib/entry.ts'

const fileOf = (entry: Entry, folder?: string): string => join(bundleOf(entry, folder), 'index.mjs')
const asksStripe = ({ service, kind }: Entry): boolean =>
  (service === 'payments' && kind !== 'relay') || kind === 'reconcile'
const sendsMail = ({ service, kind }: Entry): boolean =>
  (service === 'users' || service === 'orders') && kind === 'http'
const takesFiles = ({ service, kind }: Entry): boolean =>
  kind === 'photos' ||
  (service === 'catalog' && kind === 'sweep') ||
  ((service === 'catalog' || service === 'inventory') && (kind === 'http' || kind === 'imports'))

/** Photos are decoded in one function, and no other has the code for it. */
const decodes = ({ kind }: Entry): boolean => kind === 'photos'

interface Range {
  readonly startOffset: number
  readonly endOffset: number
  readonly count: number
}

/** Whether the code at that place of a module runs when the module is loaded: what V8 has counted of it. */
function runsThrough(file: string, place: number): boolean {
  const counts = mkdtempSync(join(tmpdir(), 'holdfast-'))
  execFileSync(process.execPath, [file], { env: { ...process.env, NODE_V8_COVERAGE: counts } })
  const [name = ''] = readdirSync(counts)
  const { result } = JSON.parse(readFileSync(join(counts, name), 'utf8')) as {
    result: { url: string; functions: { ranges: Range[] }[] }[]
  }
  rmSync(counts, { recursive: true })
  const ranges = result
    .filter(({ url }) => url === pathToFileURL(file).href)
    .flatMap(({ functions }) => functions.flatMap((fn) => fn.ranges))
    .filter(({ startOffset, endOffset }) => startOffset <= place && place < endOffset)
    .toSorted((a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset))
  if (!ranges[0]) throw new Error(`Nothing was counted of ${file}.`)
  return ranges[0].count > 0
}

/** The platform answers with the description of the API. */
const describes = ({ service, kind }: Entry): boolean => service === 'platform' && kind === 'http'

const named = entries.map((entry) => [`${entry.service} ${entry.kind}`, entry] as const)

describe('bundles', () => {
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
    await bundle(entries, folder)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each(named)(
    'of %s is below 750 KB, 800 with mail, 840 with files in S3, 890 with the description of the API, or 1,000 with the client of Stripe',
    (_, entry) => {
      const more = asksStripe(entry)
        ? 250_000
        : describes(entry)
          ? 140_000
          : takesFiles(entry)
            ? 90_000
            : sendsMail(entry)
              ? 50_000
              : 0
      const most = 750_000 + more
      expect(statSync(fileOf(entry, folder)).size).toBeLessThan(most)
    },
  )

  it.each(named)('of %s has the client of Stripe only if it asks Stripe, and asleep', (_, entry) => {
    const file = fileOf(entry, folder)
    const place = readFileSync(file, 'utf8').indexOf('api.stripe.com')
    expect(place !== -1).toBe(asksStripe(entry))
    if (place !== -1) expect(runsThrough(file, place)).toBe(false)
  })

  it.each(named)('of %s has the codecs of photos only if it decodes them, beside it', (_, entry) => {
    const files = readdirSync(bundleOf(entry, folder), { recursive: true, encoding: 'utf8' })
    const modules = files.filter((file) => file.endsWith('.wasm'))
    expect(modules).toHaveLength(decodes(entry) ? 6 : 0)
    expect(readFileSync(fileOf(entry, folder), 'utf8').includes('mozjpeg')).toBe(decodes(entry))
    const size = modules.reduce((sum, file) => sum + statSync(join(bundleOf(entry, folder), file)).size, 0)
    expect(size).toBeLessThan(1_100_000)
  })

  it.each(named.filter(([, { service }]) => service === 'orders'))(
    'of %s stands alone, with a handler',
    async (_, entry) => {
      const { handler } = (await import(pathToFileURL(fileOf(entry, folder)).href)) as { handler: unknown }
      expect(handler).toBeTypeOf('function')
    },
  )

  it.each(named)('of %s name our files and lines in stack traces', (_, entry) => {
    const { sources } = new SourceMap(
      JSON.parse(readFileSync(`${fileOf(entry, folder)}.map`, 'utf8')) as SourceMapPayload,
    ).payload
    expect(sources.some((source) => source.endsWith(`functions/${entry.service}/${entry.kind}.ts`))).toBe(true)
    expect(readFileSync(fileOf(entry, folder), 'utf8')).toContain('//# sourceMappingURL=index.mjs.map')
  })

  it('fail with the place in our sources, run as the template has it', () => {
    const file = fileOf({ service: 'platform', kind: 'http' }, folder)
    const run = `import(${JSON.stringify(pathToFileURL(file).href)}).then(({ handler }) => handler({}, {}).catch(({ stack }) => console.log(stack)))`
    const options = { env: { ...process.env, NODE_OPTIONS: '--enable-source-maps' }, encoding: 'utf8' } as const
    expect(execFileSync(process.execPath, ['-e', run], options)).toContain('functions/runtime/http.ts:')
  })

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
    await expect(bundle([{ service: 'shipping', kind: 'sweep' }], folder)).rejects.toThrow(
      'functions/shipping/sweep.ts',
    )
  })
})
