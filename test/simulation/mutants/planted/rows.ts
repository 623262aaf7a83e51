import { type Finding, nameOf } from './prove.ts'

/** A line of the tables of planted defects: who is planted, the seed that finds it, and the promise that it breaks. */
const row = /^\| (?<planted>[^|]+?) +\| +(?<seed>[^|]+?) \| (?<promise>[^|]+?) +\|$/

/** The seeds that the document names, by what is planted. */
export const knownSeeds = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text.split('\n').flatMap((line) => {
      const { planted = '', seed = '' } = row.exec(line)?.groups ?? {}
      const number = Number(seed.replaceAll(',', ''))
      return Number.isInteger(number) && number > 0 ? [[planted, number]] : []
    }),
  )

/** The document with what this has found in its row; as it was when nothing was found. */
export function withFound(text: string, { planted, found }: Finding): string {
  if (found === undefined) return text
  const named = nameOf({ planted })
  const now = `| ${named} | ${found.seed.toLocaleString('en')} | ${found.promise} |`
  return text
    .split('\n')
    .map((line) => (row.exec(line)?.groups?.['planted'] === named ? now : line))
    .join('\n')
}
