import type * as z from 'zod'
import type { Money } from '../../schemas/shared.ts'
import { type ProblemCode, problems, typeOf } from '../../schemas/problems.ts'

export interface FieldError {
  readonly path: string
  readonly message: string
}

/** How many errors one answer lists; the others are counted in `moreErrors`. */
export const maxErrors = 100
/** The longest path of an error, in UTF-16 units; names that clients chose are part of it. */
const maxPathLength = 200

/** What a problem has beside its code and detail. */
interface More {
  readonly errors?: readonly FieldError[]
  readonly moreErrors?: number
  readonly total?: Money
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * The one error type that becomes an HTTP answer: RFC 9457, with a stable `code`. Its answer stays small and well-formed whatever was sent:
 * at most 100 errors with short paths, and ill-formed text as U+FFFD.
 */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly status: number
  readonly code: ProblemCode
  readonly errors: readonly FieldError[] | undefined
  /** How many there are beyond those listed. */
  readonly moreErrors: number
  readonly total: Money | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ProblemCode, detail: string, more: More = {}) {
    super(detail.toWellFormed())
    this.status = problems[code].status
    this.code = code
    this.errors = more.errors?.slice(0, maxErrors).map(shown)
    this.moreErrors = (more.moreErrors ?? 0) + Math.max(0, (more.errors?.length ?? 0) - maxErrors)
    this.total = more.total
    this.headers = more.headers ?? {}
  }

  /** The body of the answer. */
  body(requestId: string) {
    return {
      type: typeOf(this.code),
      title: problems[this.code].title,
      status: this.status,
      code: this.code,
      detail: this.message,
      ...(this.errors && { errors: this.errors }),
      ...(this.total && { total: this.total }),
      ...(this.moreErrors > 0 && { moreErrors: this.moreErrors }),
      requestId,
    }
  }
}

/** Makes the problem that a request is refused with, of these codes only. */
export type Refuse<Code extends ProblemCode> = (code: Code, detail: string, more?: More) => HttpProblem

export const refuse: Refuse<ProblemCode> = (...of) => new HttpProblem(...of)

/** Somebody else was faster, again and again. */
export const contended = (what: string): HttpProblem =>
  new HttpProblem('contended', `Many change ${what} at once. Try again, with the same Idempotency-Key.`, {
    headers: { 'retry-after': '1' },
  })

/** Whether it is the problem with this code. */
export const isProblem = (error: unknown, code: ProblemCode): boolean =>
  error instanceof HttpProblem && error.code === code

/** Whether a write gave up because other writers were always first. */
export const isContended = (error: unknown): boolean => isProblem(error, 'contended')

const shown = ({ path, message }: FieldError): FieldError => ({
  path: shortened(path, maxPathLength),
  message: message.toWellFormed(),
})

/** The text, well-formed, without control characters, and cut where it is longer than that many UTF-16 units. */
export function shortened(text: string, length: number): string {
  const start = text.length > length ? `${text.slice(0, length - 1)}…` : text
  return start.replaceAll(/\p{Cc}/gu, '\uFFFD').toWellFormed()
}

/** Names a field: `['lines', 0, 'quantity']`. */
export type FieldPath = readonly PropertyKey[]

/** Gathers what is wrong with the fields of a request. The first errors are kept, those beyond them only counted, so that none costs much. */
export class FieldErrors {
  readonly listed: FieldError[] = []
  #more = 0
  readonly #most: number

  constructor(most = maxErrors) {
    this.#most = most
  }

  /** How many there are beyond the listed ones. */
  get more(): number {
    return this.#more
  }

  get any(): boolean {
    return this.listed.length > 0
  }

  add(path: FieldPath, message: string): void {
    if (this.listed.length < this.#most) this.listed.push(shown({ path: pathOf(path), message }))
    else this.#more += 1
  }

  addFrom(errors: FieldErrors): void {
    for (const error of errors.listed) {
      if (this.listed.length < this.#most) this.listed.push(error)
      else this.#more += 1
    }
    this.#more += errors.more
  }

  /** Adds what a schema found. An unknown field is named itself, not its parent; a field that was refused before is not named again. */
  addIssues(error: z.ZodError, refused: FieldErrors = new FieldErrors()): void {
    const known = new Set(refused.listed.map(({ path }) => path))
    const add = (path: FieldPath, message: string): void => {
      if (known.size === 0 || !known.has(shortened(pathOf(path), maxPathLength))) this.add(path, message)
    }
    for (const issue of error.issues) {
      if (issue.code !== 'unrecognized_keys') add(issue.path, messageOf(issue))
      else for (const key of issue.keys) add([...issue.path, key], 'unknown field')
    }
  }
}

/** A name that is refused is refused for what is wrong with it. */
const messageOf = (issue: z.core.$ZodIssue): string =>
  (issue.code === 'invalid_key' && issue.issues[0]?.message) || issue.message

/** What a schema found, at most that many. */
export function fieldErrors(error: z.ZodError, most = maxErrors): readonly FieldError[] {
  const errors = new FieldErrors(most)
  errors.addIssues(error)
  return errors.listed
}

/** As `lines[0].quantity`. */
function pathOf(path: FieldPath): string {
  return path.reduce<string>((text, part) => {
    if (text.length > maxPathLength) return text
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? String(part) : `${text}.${String(part)}`
  }, '')
}

/** The errors of a parse in one line. */
export const textOf = (error: z.ZodError): string =>
  fieldErrors(error)
    .map(({ path, message }) => `${path}: ${message}`)
    .join('; ')
