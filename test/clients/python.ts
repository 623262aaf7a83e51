import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { root } from '../../bin/docs/files.ts'

export const run = promisify(execFile)

/** The packages that the tests have of PyPI, each of one version. */
const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url))
const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12)
const home = fileURLToPath(new URL(`node_modules/.cache/python-clients-${digest}`, root))
const inHome = (name: string): string => join(home, 'bin', name)

/** Generated clients are written for this version or a newer one. */
const oldest = 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'

/** A Python with those packages, installed once for each list of them; or why there is none here. */
export async function pythonHere(): Promise<{ readonly python?: string; readonly why: string }> {
  const python = inHome('python')
  if (await isThere(python)) return { python, why: '' }
  const found = await run('python3', ['-c', oldest]).catch(() => undefined)
  if (found === undefined) return { why: ' (skipped: no Python 3.11 with venv here; apt-get install python3-venv)' }
  try {
    await install()
  } catch (error) {
    if (!/connection|timed out|resolve/i.test(String((error as { stderr?: unknown }).stderr))) throw error
    return { why: ' (skipped: the packages of test/clients/requirements.txt cannot be had here)' }
  }
  return { python, why: '' }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** All of it or nothing: what is half done has another name. */
async function install(): Promise<void> {
  const half = `${home}-${process.pid}`
  await mkdir(dirname(home), { recursive: true })
  try {
    await run('python3', ['-m', 'venv', half])
    const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:']
    const patience = ['--retries', '1', '--timeout', '10']
    await run(join(half, 'bin', 'python'), ['-m', 'pip', 'install', ...options, ...patience, '-r', requirements])
    await rename(half, home)
  } finally {
    await rm(half, { recursive: true, force: true })
  }
}

/** Runs a module of those packages, or a script; programs that the module starts are found beside Python. */
export const runPython = (python: string, args: readonly string[], cwd: string) =>
  run(python, args, { cwd, env: { ...process.env, PATH: `${dirname(python)}:${process.env['PATH']}` } })
