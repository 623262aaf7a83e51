import * as z from 'zod'

export interface FieldError {
  readonly path: string
  readonly message: string
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Body too large',
  415: 'Unsupported media type',
  422: 'Unprocessable',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Unavailable',
}

/** The one error type that becomes an HTTP answer: RFC 9457, with a stable `code`. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly status: number
  readonly code: string
  readonly errors: readonly FieldError[] | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    code: string,
    detail: string,
    more: { errors?: readonly FieldError[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail)
    this.status = status
    this.code = code
    this.errors = more.errors
    this.headers = more.headers ?? {}
  }

  /** The body of the answer. */
  body(requestId: string) {
    return {
      type: `urn:holdfast:problem:${this.code}`,
      title: titles[this.status] ?? 'Error',
      status: this.status,
      code: this.code,
      detail: this.message,
      ...(this.errors && { errors: this.errors }),
      requestId,
    }
  }
}

export const notFound = (code: string, detail: string): HttpProblem => new HttpProblem(404, code, detail)
export const conflict = (code: string, detail: string): HttpProblem => new HttpProblem(409, code, detail)
/** Somebody else was faster, again and again. */
export const contended = (what: string): HttpProblem =>
  new HttpProblem(503, 'contended', `Many change ${what} at once. Try again, with the same Idempotency-Key.`, {
    headers: { 'retry-after': '1' },
  })

/** Paths as `lines[0].quantity`; an unknown field is named itself, not its parent. */
export function fieldErrors(error: z.ZodError, prefix = ''): FieldError[] {
  return error.issues.flatMap((issue) => {
    const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path]
    const message = issue.code === 'unrecognized_keys' ? 'unknown field' : issue.message
    return paths.map((path) => ({ path: prefix + pathOf(path), message }))
  })
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? String(part) : `${text}.${String(part)}`
  }, '')
}
