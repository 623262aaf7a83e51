import { join } from 'node:path'
import { buildSync } from 'esbuild'
import type { DocumentFile } from './files.ts'

/** The consumers and relays of this release in one module, with the libraries of whoever runs it. */
export function releaseCode(): DocumentFile {
  const { outputFiles } = buildSync({
    absWorkingDir: join(import.meta.dirname, '../..'),
    entryPoints: ['test/simulation/engine/this-release.ts'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    minify: true,
    legalComments: 'none',
    write: false,
  })
  return { path: 'test/contracts/last-release.mjs', text: outputFiles[0]?.text ?? '' }
}
