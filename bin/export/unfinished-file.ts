import { type FileHandle, open, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Asked } from './asked.ts'
import type { Place } from './list.ts'

/** What is known of a file that is not whole yet: everything up to `bytes` is of the rows before `place`. */
export interface State {
  readonly asked: Asked
  /** Undefined before the first row. */
  readonly place?: Place | undefined
  readonly bytes: number
  readonly rows: number
  /** Whether the last row is written. */
  readonly whole: boolean
}

/** What stands in the way of writing the file; its message names what to do. */
export class FileInTheWay extends Error {
  override readonly name = 'FileInTheWay'
}

/**
 * A file that grows beside its name, as FILE.part, and whose state stands in FILE.part.state. The state is written behind the rows that it counts,
 * and first of all: a process may be killed between any two writes, and the next one goes on from the state that it finds.
 */
export class UnfinishedFile {
  readonly #file: FileHandle
  readonly #path: string
  readonly #force: boolean
  #state: State

  private constructor(file: FileHandle, path: string, force: boolean, state: State) {
    this.#file = file
    this.#path = path
    this.#force = force
    this.#state = state
  }

  get state(): State {
    return this.#state
  }

  /** Begins the file, or goes on where the last run was ended, also between its new name and the end of its state. Throws `FileInTheWay` before anything is written. */
  static async open(path: string, asked: Asked, { force }: { readonly force: boolean }): Promise<UnfinishedFile> {
    const { part, state: statePath } = pathsOf(path)
    const found = await stateAt(path)
    const size = await sizeOf(part)
    if (found && !isDeepStrictEqual(found.asked, asked))
      throw new FileInTheWay(
        `${part} is of another export: ${argumentsOf(found.asked)}. Run that one to its end, or remove ${part} and ${statePath}.`,
      )
    if (found === undefined && size !== undefined)
      throw new FileInTheWay(`${part} is there, and ${statePath} is not. Remove it, or name another file with --out.`)
    if (found?.whole && size === undefined && (await sizeOf(path)) === found.bytes)
      return new UnfinishedFile(await open(path, 'r'), path, force, found)
    if (found && (size ?? 0) < found.bytes)
      throw new FileInTheWay(
        `${part} is shorter than ${statePath} has it. Remove both, and run the command again from the beginning.`,
      )
    if (!force) await mustBeFree(path)
    const state = found ?? { asked, bytes: 0, rows: 0, whole: false }
    if (found === undefined) await writeState(path, state)
    if ((size ?? 0) > state.bytes) await truncate(part, state.bytes)
    return new UnfinishedFile(await open(part, 'a'), path, force, state)
  }

  /** Writes rows behind those before, and then that they are there. `place` is undefined behind the last one. */
  async append(text: string, rows: number, place: Place | undefined): Promise<void> {
    const { asked, ...before } = this.#state
    if ((await this.#file.stat()).size !== before.bytes)
      throw new FileInTheWay(`Another run writes ${pathsOf(this.#path).part}. Let one of them go on alone.`)
    if (text !== '') {
      await this.#file.appendFile(text)
      await this.#file.datasync()
    }
    const bytes = before.bytes + Buffer.byteLength(text)
    this.#state = { asked, place: place ?? before.place, bytes, rows: before.rows + rows, whole: place === undefined }
    await writeState(this.#path, this.#state)
  }

  /** Gives the file its name. Only when it is whole. */
  async finish(): Promise<void> {
    const { part, state } = pathsOf(this.#path)
    await this.close()
    if ((await sizeOf(part)) !== undefined) {
      if (!this.#force) await mustBeFree(this.#path)
      await rename(part, this.#path)
    }
    await rm(state)
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

/** Where the rows of a file are until it is whole, and its state. */
export const pathsOf = (path: string) => ({ part: `${path}.part`, state: `${path}.part.state` })

/** The arguments of an export, as they are typed. */
const argumentsOf = ({ what, from, to, format, url }: Asked): string =>
  `--what ${what} --from ${from} --to ${to} --format ${format} --url ${url}`

async function mustBeFree(path: string): Promise<void> {
  if ((await sizeOf(path)) !== undefined)
    throw new FileInTheWay(`${path} is there. Name another file with --out, or let --force replace it.`)
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await unlessMissing(stat(path)))?.size
}

async function stateAt(path: string): Promise<State | undefined> {
  const { state } = pathsOf(path)
  const text = await unlessMissing(readFile(state, 'utf8'))
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as State
  } catch {
    throw new FileInTheWay(`${state} is not the state of an export. Remove it, or name another file with --out.`)
  }
}

/** The old state stands until the new one is whole. */
async function writeState(path: string, state: State): Promise<void> {
  const { state: name } = pathsOf(path)
  await writeFile(`${name}.new`, `${JSON.stringify(state)}\n`, { flush: true })
  await rename(`${name}.new`, name)
}

async function unlessMissing<Found>(finding: Promise<Found>): Promise<Found | undefined> {
  try {
    return await finding
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
