import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const files = globSync('{bin,functions,lib,localstack,schemas}/**/*.ts')

/** Types of objects whose names may be anybody's text. */
const records = String.raw`(?:Readonly<|Partial<)*(?:Record<string,|Attributes\b|Preferences\b|Headers\b|MessageAttributes\b|JsonSchema\b|Claims\b|Input\b|Operations\b)`

/** Where a name that is no literal is looked up in a record, or asked for with `in`: `record[name]` finds `constructor` on every object. */
function lookups(source: string): string[] {
  const declared = new RegExp(String.raw`\b(\w+)\??: ${records}`, 'g')
  const names = new Set(Array.from(source.matchAll(declared), ([, name]) => name))
  const inherited = [...names].flatMap((name) => [
    ...source.matchAll(new RegExp(String.raw`(?<!\w)${name}\[(?!['"\`\d\]])[^\]\n]*\](?!:)`, 'g')),
  ])
  const asked = source.matchAll(/(?<!const |let |['\w.`] ?)\b[a-z]\w* in [a-z][\w.]*(?: [?&|]|\))/g)
  return [...inherited, ...asked].map(([text]) => text)
}

/** Names that a program gives, each looked up where they are known to be. */
const known = new Set([
  'schemas/own.ts: record[name]',
  // Its own fields, one after the other.
  'functions/runtime/store.memory.ts: copy[name]',
  // Names of tables, of the attributes of indexes and of the paths of the contract.
  'functions/runtime/store.dynamodb.ts: Responses?.[table]',
  'bin/docs/openapi.ts: paths[route.path]',
])

describe('text that a client chose', () => {
  it('is looked up in no plain object, where names such as constructor are always found: use own(), a Map or Object.hasOwn', () => {
    const found = files.flatMap((file) => lookups(readFileSync(file, 'utf8')).map((text) => `${file}: ${text}`))
    expect(found.filter((each) => !known.has(each))).toEqual([])
  })

  it.each([
    ['const levels: Readonly<Record<string, number>> = {}\nlevels[id] ?? 0', 1],
    ['const f = (levels: Record<string, number>, id: string) => levels[id]', 1],
    ['const levels: Record<string, number> = {}\nlevels["main"] + levels[\'main\']', 0],
    ['const f = (levels: Record<string, number>, id: string) => own(levels, id)', 0],
    ['const list: string[] = []\nlist[index]', 0],
    ['if (key in table) go()', 1],
    ["if ('put' in write) go()", 0],
    ['for (const each in table) go()', 0],
  ])('is found in %j: %i', (source, count) => {
    expect(lookups(source)).toHaveLength(count)
  })
})
