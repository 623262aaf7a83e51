import { readFileSync } from 'node:fs'
import { type Feature, features } from './features.ts'

const folder = new URL('../../test/local/', import.meta.url)

/** Each feature with the tests that show it. Throws for a test that is not there. */
export const featuresPage = (): string =>
  ['| | feature | shown by |', '| --- | --- | --- |', ...features.map(rowOf)].join('\n')

const rowOf = ({ id, what, shownBy }: Feature): string => `| ${id} | ${what} | ${shownBy.map(linkTo).join('; ')} |`

function linkTo([file, name]: Feature['shownBy'][number]): string {
  const url = new URL(file, folder)
  if (!readFileSync(url, 'utf8').includes(name)) throw new Error(`test/local/${file} has no test ${name}.`)
  const path = url.pathname.slice(url.pathname.lastIndexOf('/test/') + 1)
  return `[${path.slice(path.lastIndexOf('/') + 1)}](../${path}): _${name}_`
}
