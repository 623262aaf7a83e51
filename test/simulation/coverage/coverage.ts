import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Unreached, unreached } from './unreached.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/**
 * The pure cores and all that handles events, by folder, of the services that are simulated: where a branch that is never taken is a
 * promise that is never checked.
 */
const measured = [
  'functions/{catalog,inventory,orders,payments,shipping}/{core,on,store}/*.ts',
  'functions/{catalog,inventory,orders,payments,shipping}/outbox-events.ts',
  'functions/payments/adapters/settle.ts',
  'functions/runtime/{events,relay,commit,due,known-users,subscription,update}.ts',
]

/**
 * Only routes call these, and routes are not measured: the unit tests of imports, categories, names of warehouses and stuck orders do.
 */
const ofRoutes = [
  'functions/catalog/{on/upload,store/category-item}.ts',
  'functions/inventory/store/warehouse-id.ts',
  'functions/orders/core/stuck.ts',
]

export interface Covered {
  readonly file: string
  readonly branches: number
  readonly reached: number
  /** Not reached, and named in `unreached.ts`. */
  readonly named: readonly Unreached[]
  /** The lines of the others. */
  readonly missing: readonly string[]
  /** Named, and reached all the same. */
  readonly idle: readonly Unreached[]
}

/** What histories from seed 1 reach, file by file. Throws when they break a promise. */
export async function coverage(seeds: number): Promise<readonly Covered[]> {
  const folder = mkdtempSync(join(tmpdir(), 'coverage-'))
  const settings = ['enabled', 'provider=v8', 'reporter=json', `reportsDirectory=${folder}`]
  const include = measured.map((pattern) => `include=${pattern}`)
  const exclude = ofRoutes.map((pattern) => `exclude=${pattern}`)
  const run = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project=simulation', '-t=every promise holds']
  const args = [
    ...run,
    ...[...settings, ...include, ...exclude].map((setting) => `--coverage.${setting}`),
    'simulate.test.ts',
  ]
  try {
    await promisify(execFile)(process.execPath, args, { cwd: root, env: { ...process.env, SEEDS: String(seeds) } })
    const report = readFileSync(join(folder, 'coverage-final.json'), 'utf8')
    return Object.entries(JSON.parse(report) as Record<string, Report>).map(([path, found]) =>
      coveredOf(path.slice(root.length), found, readFileSync(path, 'utf8').split('\n')),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A file's branches in Istanbul's format. */
interface Report {
  readonly branchMap: Readonly<Record<string, { readonly loc: Range; readonly locations: readonly Partial<Range>[] }>>
  /** How often each arm was taken. */
  readonly b: Readonly<Record<string, readonly number[]>>
}

interface Range {
  readonly start: { readonly line?: number }
}

function coveredOf(file: string, { branchMap, b }: Report, source: readonly string[]): Covered {
  const arms = Object.entries(b).flatMap(([id, counts]) =>
    counts.map((count, arm) => {
      const { loc, locations } = branchMap[id]!
      const line = locations[arm]?.start?.line ?? loc.start.line ?? 1
      return { count, text: `${line}: ${source[line - 1]!.trim()}` }
    }),
  )
  const excuses = unreached.filter((excuse) => excuse.file === file)
  const named: Unreached[] = []
  const missing: string[] = []
  for (const { text } of arms.filter(({ count }) => count === 0)) {
    const at = excuses.findIndex(({ code }) => text.includes(code))
    if (at < 0) missing.push(text)
    else named.push(...excuses.splice(at, 1))
  }
  return {
    file,
    branches: arms.length,
    reached: arms.filter(({ count }) => count > 0).length,
    named,
    missing,
    idle: excuses,
  }
}
