import { readFile } from 'node:fs/promises'
import { format } from 'oxfmt'
import { accessPage } from './access-page.ts'
import { asyncapi } from './asyncapi.ts'
import { dataPage } from './data-page.ts'
import { eventsPage } from './events-page.ts'
import { featuresPage } from './features-page.ts'
import { openapi } from './openapi.ts'
import { picture } from './picture.ts'
import { problemsPage } from './problems-page.ts'
import { ratesPage } from './rates-page.ts'
import { withSection } from './section.ts'
import { statesPage } from './states-page.ts'

/** A generated file, or a written one with a generated section. */
export interface DocumentFile {
  /** From the root of the repository. */
  readonly path: string
  readonly text: string
}

export const root = new URL('../../', import.meta.url)

const read = (path: string): Promise<string> => readFile(new URL(path, root), 'utf8')

/** Every generated file as it should be now. */
export async function documents(): Promise<readonly DocumentFile[]> {
  const { version } = JSON.parse(await read('package.json')) as { version: string }
  return [
    json('docs/openapi.json', openapi(version)),
    json('docs/asyncapi.json', asyncapi(version)),
    await withGenerated('docs/access.md', 'access', accessPage()),
    await withGenerated('docs/architecture.md', 'picture', picture()),
    await withGenerated('docs/data.md', 'data', dataPage()),
    await withGenerated('docs/events.md', 'events', eventsPage()),
    await withGenerated('docs/features.md', 'features', featuresPage()),
    await withGenerated('docs/problems.md', 'problems', problemsPage()),
    await withGenerated('docs/rates.md', 'rates', ratesPage()),
    await withGenerated('docs/states.md', 'states', statesPage()),
  ]
}

/** The generated files that are not on disk as they should be. */
export async function stale(): Promise<readonly DocumentFile[]> {
  const files = await documents()
  const texts = await Promise.all(files.map(({ path }) => read(path).catch(() => undefined)))
  return files.filter(({ text }, index) => texts[index] !== text)
}

export const json = (path: string, content: unknown): DocumentFile => ({
  path,
  text: `${JSON.stringify(content, null, 2)}\n`,
})

async function withGenerated(path: string, section: string, text: string): Promise<DocumentFile> {
  const document = withSection(await read(path), section, text)
  const { code, errors } = await format(path, document, { printWidth: 120 })
  if (errors.length > 0) throw new Error(`${path}: ${errors.map(({ message }) => message).join('; ')}`)
  return { path, text: code }
}
