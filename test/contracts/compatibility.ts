import type { JsonSchema } from '../../schemas/json-schema.ts'

const annotations = new Set(['$schema', 'title', 'description', 'example', 'examples', 'default', 'definitions'])
/** Of each limit, whether the larger one allows more. */
const limits: ReadonlyMap<string, boolean> = new Map([
  ['minimum', false],
  ['minLength', false],
  ['minItems', false],
  ['minProperties', false],
  ['maximum', true],
  ['maxLength', true],
  ['maxItems', true],
  ['maxProperties', true],
])

/**
 * What in a newer schema of the same version of an event breaks who relies on the older one; empty when there are only additions.
 * Additions are optional fields of open objects, further values of an enum, further choices of the same type, wider limits.
 */
export function breaks(older: JsonSchema, newer: JsonSchema): readonly string[] {
  return compare(inlined(older), inlined(newer), '')
}

/** The schema with every reference replaced by what it refers to. */
export function inlined({ definitions = {}, ...schema }: JsonSchema): JsonSchema {
  return resolved(schema, definitions as Readonly<Record<string, JsonSchema>>)
}

function resolved(value: unknown, definitions: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return JSON.parse(
    JSON.stringify(value, (_, inner: unknown) => {
      const schema = unwrapped(inner)
      const name = /^#\/definitions\/(.+)$/.exec(String(schema?.['$ref']))?.[1]
      if (schema === undefined || name === undefined) return inner
      return resolved(definitions[name], definitions)
    }),
  ) as JsonSchema
}

/** The schema itself, out of the `allOf` that a described reference stands in. */
function unwrapped(value: unknown): JsonSchema | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { allOf } = value as { allOf?: readonly JsonSchema[] }
  return allOf?.length === 1 ? allOf[0] : (value as JsonSchema)
}

function compare(older: JsonSchema, newer: JsonSchema, path: string): string[] {
  const choices = listOf(newer['anyOf']) as readonly JsonSchema[]
  // What is not the older choice waits for readers that know it, unless it is of another type.
  const isWider =
    choices.some((choice) => isSameSchema(choice, older)) && choices.every(({ type }) => type === older['type'])
  if (isWider) return []
  const keywords = new Set([...Object.keys(older), ...Object.keys(newer)].filter((word) => !annotations.has(word)))
  return [...keywords].flatMap((word) => {
    const [before, after] = [older[word], newer[word]]
    if (JSON.stringify(before) === JSON.stringify(after)) return []
    const at = path === '' ? 'the event' : path
    switch (word) {
      case 'properties':
        return comparedFields(older, newer, path)
      case 'required':
        return comparedRequired(before, after, path)
      case 'enum':
        return listOf(before)
          .filter((value) => !listOf(after).includes(value))
          .map((value) => `${at} no longer allows ${JSON.stringify(value)}`)
      case 'items':
        return comparedItems(before, after, path)
      default:
        return limits.has(word) && !narrower(word, before, after) ? [] : [`${at} has another ${word}`]
    }
  })
}

const isSameSchema = (one: JsonSchema, other: JsonSchema): boolean => compare(one, other, '').length === 0

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

function comparedFields(older: JsonSchema, newer: JsonSchema, path: string): string[] {
  const before = (older['properties'] ?? {}) as Record<string, JsonSchema>
  const after = (newer['properties'] ?? {}) as Record<string, JsonSchema>
  const closed = older['additionalProperties'] === false
  const added = Object.keys(after).filter((name) => !(name in before))
  return [
    ...Object.entries(before).flatMap(([name, schema]) => {
      const now = after[name]
      return now === undefined ? [`${under(path, name)} is gone`] : compare(schema, now, under(path, name))
    }),
    ...(closed
      ? added.map((name) => `${under(path, name)} is new in an object whose readers refuse unknown fields`)
      : []),
  ]
}

function comparedRequired(before: unknown, after: unknown, path: string): string[] {
  const [was, is] = [listOf(before), listOf(after)]
  return [
    ...is.filter((name) => !was.includes(name)).map((name) => `${under(path, String(name))} has become required`),
    ...was.filter((name) => !is.includes(name)).map((name) => `${under(path, String(name))} has become optional`),
  ]
}

function comparedItems(before: unknown, after: unknown, path: string): string[] {
  if (!Array.isArray(before) && !Array.isArray(after)) {
    return compare((before ?? {}) as JsonSchema, (after ?? {}) as JsonSchema, `${path}[]`)
  }
  const [was, is] = [listOf(before), listOf(after)]
  if (was.length !== is.length) return [`${path} has another number of items`]
  return was.flatMap((schema, index) => compare(schema as JsonSchema, is[index] as JsonSchema, `${path}[${index}]`))
}

function narrower(limit: string, before: unknown, after: unknown): boolean {
  if (after === undefined) return false
  if (before === undefined) return true
  return limits.get(limit) ? Number(after) < Number(before) : Number(after) > Number(before)
}

const under = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)
