import type * as z from 'zod'
import { admit } from './admit.ts'
import { type FieldError, FieldErrors } from './errors.ts'

/** A value that is not checked yet, or why there is none. */
export type SentValue = { readonly value: unknown } | { readonly errors: readonly FieldError[] }

/** A row as it was sent, counted from 1. */
export type SentRow = { readonly row: number } & SentValue

/** The value of a line of NDJSON. */
export function valueOfLine(line: string): SentValue {
  try {
    return { value: JSON.parse(line) as unknown }
  } catch {
    return { errors: [{ path: '', message: 'not JSON' }] }
  }
}

/** The fields of a row, or what is wrong with them; `sent` as far as it is an object. */
export type CheckedRow<Fields> =
  | { readonly data: Fields }
  | {
      readonly data?: undefined
      readonly sent: Readonly<Record<string, unknown>>
      readonly errors: readonly FieldError[]
      readonly moreErrors?: number
    }

/** Checks a row by its contract, as the body of a request is checked. */
export function checkedRow<Fields>(sent: SentRow, contract: z.ZodType<Fields>): CheckedRow<Fields> {
  if ('errors' in sent) return { sent: {}, errors: sent.errors }
  const refused = new FieldErrors()
  const value = admit(sent.value, refused)
  const parsed = contract.safeParse(value)
  if (parsed.success && !refused.any) return { data: parsed.data }
  const errors = new FieldErrors()
  errors.addFrom(refused)
  if (parsed.error) errors.addIssues(parsed.error, refused)
  const fields = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  return { sent: fields, errors: errors.listed, moreErrors: errors.more }
}

/** How many bytes the errors of one row may add to the answer of a function: 2,000 rows of them stay far below the 6 MB that Lambda hands on. */
const maxErrorBytes = 900

/** The first errors of a row, as many as fit, and how many there are beyond them; the first one always fits. */
export function listedErrors(errors: readonly FieldError[], moreErrors = 0) {
  let left = maxErrorBytes
  const listed: FieldError[] = []
  for (const error of errors) {
    // The answer is JSON in a field of the JSON that the function returns.
    left -= Buffer.byteLength(JSON.stringify(JSON.stringify(error)))
    if (left < 0 && listed.length > 0) break
    listed.push(error)
  }
  const more = moreErrors + errors.length - listed.length
  return { errors: listed, ...(more > 0 && { moreErrors: more }) }
}
