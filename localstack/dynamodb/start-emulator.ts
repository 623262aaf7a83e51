import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** DynamoDB on this machine. */
export interface LocalDynamo {
  /** Such as `http://127.0.0.1:8000`. */
  readonly endpoint: string
  /** Ends it, if it was started here. */
  stop(): Promise<void>
}

/** How long the emulator may take until it answers, in milliseconds. */
const startMs = 10_000

/**
 * Starts the DynamoDB emulator on a free port, with no tables: the installed one, or `dynoxide` on the PATH. With `DYNAMODB_ENDPOINT`
 * set, takes what runs there instead. Throws an error of one line when neither is there.
 */
export async function startDynamo(environment: NodeJS.ProcessEnv = process.env): Promise<LocalDynamo> {
  const given = environment['DYNAMODB_ENDPOINT']
  if (given) {
    if (!(await answers(given))) throw new Error(`Nothing answers at DYNAMODB_ENDPOINT=${given}.`)
    return { endpoint: given, stop: async () => {} }
  }
  const port = await freePort()
  const endpoint = `http://127.0.0.1:${port}`
  const { binary, bundled } = emulatorOf(environment)
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-dynamodb-'))
  const file = join(folder, 'tables.sqlite')
  const emulator = guarded([binary, '--host', '127.0.0.1', '--port', String(port), '--db-path', file])
  const stop = stopper(emulator, folder)
  if (await answersSoon(endpoint, emulator)) {
    // Only the bundled version is known to store its streams as the indexes expect.
    if (bundled) await indexStreams(file)
    return { endpoint, stop }
  }
  await stop()
  throw new Error(`The DynamoDB emulator did not start: set DYNAMODB_ENDPOINT to another one.`)
}

function emulatorOf({ PATH = '' }: NodeJS.ProcessEnv): { readonly binary: string; readonly bundled: boolean } {
  const machine = `${process.platform}-${process.arch}`
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`@dynoxide/${machine}/package.json`))
    return { binary: join(folder, 'dynoxide'), bundled: true }
  } catch {
    const binary = PATH.split(delimiter)
      .map((folder) => join(folder, 'dynoxide'))
      .find((file) => isExecutable(file))
    if (binary !== undefined) return { binary, bundled: false }
    throw new Error(
      `No DynamoDB emulator is installed for ${machine}: get one with brew install nubo-db/tap/dynoxide, npm install -g dynoxide or cargo install dynoxide-rs, or set DYNAMODB_ENDPOINT to another, such as http://127.0.0.1:8000.`,
    )
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const indexer = fileURLToPath(new URL('index-streams.ts', import.meta.url))

/** In a process of its own, because Node prints a warning where SQLite is opened. */
async function indexStreams(file: string): Promise<void> {
  await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', indexer, file])
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('This machine has no free port.')
  return address.port
}

// The pipe to the shell closes with this process, also when it is killed: the shell then kills the emulator.
const guard = `trap '' HUP INT TERM
exec 3<&0
"$@" </dev/null 3<&- &
emulator=$!
{ read -r _ <&3; kill -9 $emulator; } &
wait $emulator`

function guarded(command: readonly string[]): ChildProcess {
  return spawn('/bin/sh', ['-c', guard, 'sh', ...command], { stdio: ['pipe', 'ignore', 'ignore'] })
}

function stopper(emulator: ChildProcess, folder: string): () => Promise<void> {
  const gone = new Promise<void>((resolve) => {
    emulator.once('exit', () => resolve())
    emulator.once('error', () => resolve())
  })
  const end = () => {
    emulator.stdin?.destroy()
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', end)
  return async () => {
    process.off('exit', end)
    emulator.stdin?.destroy()
    await gone
    end()
  }
}

async function answersSoon(endpoint: string, emulator: ChildProcess): Promise<boolean> {
  const end = Date.now() + startMs
  while (Date.now() < end && emulator.exitCode === null && emulator.pid !== undefined) {
    if (await answers(endpoint)) return true
    await sleep(10)
  }
  return false
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    await fetch(endpoint, { signal: AbortSignal.timeout(1_000) })
    return true
  } catch {
    return false
  }
}
