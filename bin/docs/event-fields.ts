import type { EventContract } from '../../schemas/contract.ts'
import { type JsonSchema, eventSchema } from '../../schemas/json-schema.ts'
import { linkTo } from './anchor.ts'

/** A field of an event or of a shape, ready to be printed. */
export interface Field {
  readonly name: string
  readonly required: boolean
  /** In markdown. */
  readonly type: string
  readonly description?: string
}

/** What several events share by name: `Money`, `Sku`. */
export interface Shape {
  readonly name: string
  /** What it is, where it has no fields. */
  readonly type: string
  readonly fields: readonly Field[]
}

/** The fields of `data`. */
export function fieldsOf(contract: EventContract): readonly Field[] {
  const { data } = propertiesOf(eventSchema(contract, 'draft-7'))
  return data === undefined ? [] : listed(data)
}

/** Every named shape that the events use, by name. */
export function shapesOf(contracts: readonly EventContract[]): readonly Shape[] {
  const found = new Map<string, JsonSchema>()
  for (const contract of contracts) {
    const { definitions = {} } = eventSchema(contract, 'draft-7') as { definitions?: Record<string, JsonSchema> }
    for (const [name, schema] of Object.entries(definitions)) found.set(name, schema)
  }
  return [...found]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => ({ name, type: typeOf(schema), fields: listed(schema) }))
}

const propertiesOf = (schema: JsonSchema): Readonly<Record<string, JsonSchema>> =>
  (schema['properties'] ?? {}) as Record<string, JsonSchema>

function listed(schema: JsonSchema): Field[] {
  const required = (schema['required'] ?? []) as readonly string[]
  return Object.entries(propertiesOf(schema)).map(([name, field]) => ({
    name,
    required: required.includes(name),
    type: typeOf(field),
    ...described(field['description'] ?? (field['items'] as JsonSchema | undefined)?.['description']),
  }))
}

const described = (text: unknown) => (typeof text === 'string' ? { description: text } : {})

/** A type in words. Throws for one that it has no words for. */
function typeOf(schema: JsonSchema): string {
  const { $ref, allOf, anyOf, items, type, pattern } = schema as {
    $ref?: string
    allOf?: readonly JsonSchema[]
    anyOf?: readonly JsonSchema[]
    items?: JsonSchema | readonly JsonSchema[]
    type?: string
    pattern?: string
  }
  if ($ref !== undefined) return linkTo($ref.replace('#/definitions/', ''))
  if (allOf?.length === 1 && allOf[0]) return typeOf(allOf[0])
  if (anyOf) return anyOf.map(typeOf).join(' or ')
  if ('const' in schema) return `\`${String(schema['const'])}\``
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => `\`${String(value)}\``).join(' | ')
  switch (type) {
    case 'string':
      if (schema['format'] === 'date-time') return 'time'
      return pattern === undefined ? 'text' : `text like \`${pattern}\``
    case 'integer':
    case 'number':
    case 'boolean':
      return type
    case 'array':
      return isTuple(items) ? `(${items.map(typeOf).join(', ')})` : `list of ${typeOf(items ?? {})}`
    case 'object':
      return `{ ${listed(schema).map(inline).join('; ')} }`
    default:
      throw new Error(`No words for ${JSON.stringify(schema)}`)
  }
}

const isTuple = (items: unknown): items is readonly JsonSchema[] => Array.isArray(items)

/** A field inside another one: `method: text`, `token?: text`. */
const inline = ({ name, required, type }: Field): string => `\`${name}${required ? '' : '?'}\`: ${type}`
