/** The most days that one export has. */
export const maxDays = 366
const hourMs = 3_600_000
const dayMs = 24 * hourMs

export const whats = ['orders', 'payments', 'movements'] as const
export const formats = ['ndjson', 'csv'] as const
export type What = (typeof whats)[number]
export type Format = (typeof formats)[number]

/** What an export is of: it goes on where all of this is the same. */
export interface Asked {
  readonly what: What
  /** Days of UTC, both of them included. */
  readonly from: string
  readonly to: string
  readonly format: Format
  /** The API, without a slash at its end. */
  readonly url: string
}

/** An argument that is none; its message names it and what is allowed. */
export class BadArgument extends Error {
  override readonly name = 'BadArgument'
}

type Given = { readonly [Name in keyof Asked | 'out']?: string | undefined }

/** What the arguments ask for, and the file that it goes to. Throws `BadArgument`. */
export function askedBy({ what, from, to, format, url, out }: Given): { readonly asked: Asked; readonly out: string } {
  if (!out) throw new BadArgument('--out needs the file to write.')
  const asked = {
    what: oneOf('--what', whats, what),
    from: dayOf('--from', from),
    to: dayOf('--to', to),
    format: oneOf('--format', formats, format ?? (/\.csv$/i.test(out) ? 'csv' : 'ndjson')),
    url: urlOf(url),
  }
  if (asked.from > asked.to) throw new BadArgument(`--from ${asked.from} is after --to ${asked.to}.`)
  const days = hoursOf(asked) / 24
  if (days > maxDays)
    throw new BadArgument(`--from ${asked.from} --to ${asked.to} are ${days} days; an export has ${maxDays} at most.`)
  return { asked, out }
}

function oneOf<const Word extends string>(name: string, words: readonly Word[], given: string | undefined): Word {
  const word = words.find((each) => each === given)
  if (word === undefined) throw new BadArgument(`${name} needs one of ${words.join(', ')}.`)
  return word
}

function dayOf(name: string, given = ''): string {
  if (!/^(?:19[7-9]|[2-8]\d\d)\d-\d\d-\d\d$/.test(given))
    throw new BadArgument(`${name} needs a day from 1970 on, as 2026-11-28.`)
  const time = Date.parse(given)
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== given)
    throw new BadArgument(`${name} needs a day that there is: ${given} is none.`)
  return given
}

function urlOf(given = ''): string {
  if (!URL.canParse(given) || !/^https?:/.test(given))
    throw new BadArgument('--url needs the address of the API, as https://api.example.com.')
  return given.replace(/\/+$/, '')
}

type Days = Pick<Asked, 'from' | 'to'>

/** The beginning of the first day, and the end of the last, which is not in it; milliseconds since 1970. */
export const timesOf = ({ from, to }: Days): { readonly start: number; readonly end: number } => ({
  start: Date.parse(from),
  end: Date.parse(to) + dayMs,
})

export function hoursOf(days: Days): number {
  const { start, end } = timesOf(days)
  return (end - start) / hourMs
}

/** How many hours of the days a list, the newest first, has passed once it has come to this time. */
export const hoursBehind = (days: Days, time: number): number => Math.floor((timesOf(days).end - time - 1) / hourMs)
