import { type RouteContract, codesOf } from '../../schemas/contract.ts'
import { Problem } from '../../schemas/shared.ts'

export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly text: string
}

export type Verdict =
  | { readonly kind: 'success'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly code: string }
  /** An answer of 503 that is designed: somebody else was faster again and again, or what stands behind does not answer. */
  | { readonly kind: 'busy'; readonly code: string }
  | { readonly kind: 'wrong'; readonly why: string }

/** The largest answer that Lambda hands on, in bytes. */
const maxAnswerBytes = 6_291_556
const busyCodes: ReadonlySet<string> = new Set(['contended', 'unavailable'])
/** What the gateway answers by itself, with a message and no problem. */
const gatewayStatuses: ReadonlySet<number> = new Set([400, 401, 404, 413])

/** Whether an answer keeps the contract of its route. */
export function verdictOn(route: RouteContract, { status, contentType, text }: Answer): Verdict {
  if (Buffer.byteLength(text) > maxAnswerBytes) return { kind: 'wrong', why: `an answer of ${text.length} characters` }
  if (status === 304) return text === '' ? { kind: 'success', body: undefined } : wrong('a body with 304')
  if (status < 400) return successOf(route, status, text, contentType)
  const body = parsed(text)
  if (contentType.startsWith('application/json') && gatewayStatuses.has(status)) {
    const isMessage = typeof (body as { message?: unknown } | undefined)?.message === 'string'
    return isMessage ? { kind: 'refused', code: `gateway_${status}` } : wrong('a message of the gateway without one')
  }
  if (!contentType.startsWith('application/problem+json')) return wrong(`${status} as ${contentType || 'nothing'}`)
  const problem = Problem.safeParse(body)
  if (!problem.success) return wrong('a problem that is none')
  const { code, errors = [] } = problem.data
  if (problem.data.status !== status) return wrong(`${status}, but ${problem.data.status} in its body`)
  if (status >= 500) return status === 503 && busyCodes.has(code) ? { kind: 'busy', code } : wrong(`${status} ${code}`)
  if (errors.length > 100) return wrong(`${errors.length} errors`)
  if (!text.isWellFormed() || /\\ud[89a-f][0-9a-f]{2}/i.test(text)) return wrong('ill-formed text in a problem')
  return codesOf(route).includes(code)
    ? { kind: 'refused', code }
    : wrong(`${status} ${code}, which the contract does not name`)
}

function successOf(route: RouteContract, status: number, text: string, contentType: string): Verdict {
  if (status !== route.answer.status) return wrong(`${status} in place of ${route.answer.status}`)
  if (route.answer.files)
    return route.answer.files.includes(contentType)
      ? { kind: 'success', body: undefined }
      : wrong(`a file of ${contentType}`)
  if (route.answer.body === undefined) return text === '' ? { kind: 'success', body: undefined } : wrong('a body')
  const body = parsed(text)
  const result = route.answer.body.safeParse(body)
  if (result.success) return { kind: 'success', body }
  const [issue] = result.error.issues
  return wrong(`a body that breaks its schema: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`)
}

const wrong = (why: string): Verdict => ({ kind: 'wrong', why })

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
