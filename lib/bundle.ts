import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build } from 'esbuild'
import { codecs } from '../functions/catalog/adapters/codecs.ts'
import type { Entry } from './entry.ts'

const root = join(import.meta.dirname, '..')
const output = join(root, 'dist', 'functions')

/** Where the bundle of an entry lies: a folder with `index.mjs`, handler `index.handler`. */
export const bundleOf = ({ service, kind }: Entry, folder = output): string => join(folder, `${service}-${kind}`)

// Some packages that we bundle are CommonJS and call `require` for what Node brings along.
const banner = `import{createRequire}from'node:module';const require=createRequire(import.meta.url);`

const options = {
  absWorkingDir: root,
  outExtension: { '.js': '.mjs' },
  banner: { js: banner },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  // Beside the bundle, without the sources: stack traces then name our files and lines, and nothing is loaded until one is printed.
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'error',
  write: false,
} as const satisfies BuildOptions

/**
 * Bundles every entry by itself, in one run of esbuild. The same sources give the same bytes, and a bundle that has not changed
 * is not written again: runs at the same time never see each other's halves. Throws where an entry has no file.
 */
export async function bundle(entries: readonly Entry[], folder = output): Promise<void> {
  const missing = entries.map(sourceOf).filter((source) => !existsSync(join(root, source)))
  if (missing.length > 0) throw new Error(`The topology asks for functions that do not exist: ${missing.join(', ')}.`)
  const { outputFiles } = await build({
    ...options,
    outdir: folder,
    entryPoints: entries.map((entry) => ({ in: sourceOf(entry), out: `${entry.service}-${entry.kind}/index` })),
  })
  for (const { path, contents } of outputFiles) replace(path, contents)
  const platform = entries.find(({ service }) => service === 'platform')
  if (platform) bundleReference(bundleOf(platform, folder))
  const photos = entries.find(({ kind }) => kind === 'photos')
  if (photos) bundleCodecs(join(bundleOf(photos, folder), 'codecs'))
}

/** Puts the scripts of the API reference beside a function that serves them, compressed, in a folder named by their version. */
function bundleReference(folder: string): void {
  const scripts = dirname(createRequire(import.meta.url).resolve('@scalar/api-reference'))
  const { version } = JSON.parse(readFileSync(join(scripts, '..', 'package.json'), 'utf8')) as { version: string }
  const target = join(folder, 'reference')
  if (existsSync(join(target, version))) return
  const fresh = `${target}.${process.pid}`
  for (const file of globSync('{standalone.esm.js,chunks/*.js}', { cwd: join(scripts, 'browser') })) {
    const path = join(fresh, version, `${file}.gz`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, gzipSync(readFileSync(join(scripts, 'browser', file)), { level: 9 }))
  }
  rmSync(target, { recursive: true, force: true })
  renameSync(fresh, target)
}

/** Puts the codecs of photos beside the function that loads them. */
function bundleCodecs(folder: string): void {
  const { resolve } = createRequire(import.meta.url)
  for (const codec of Object.values(codecs)) replace(join(folder, basename(codec)), readFileSync(resolve(codec)))
}

const sourceOf = ({ service, kind }: Entry): string => `functions/${service}/${kind}.ts`

function replace(path: string, contents: Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(contents)) return
  mkdirSync(dirname(path), { recursive: true })
  const fresh = `${path}.${process.pid}`
  writeFileSync(fresh, contents)
  renameSync(fresh, path)
}
