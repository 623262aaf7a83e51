import * as z from 'zod'
import { isRetired } from './retired.ts'

/** The kinds of personal data, and of texts in somebody's own words; `personalData` has where each is kept. */
export type Kind =
  | 'address'
  | 'card'
  | 'email'
  | 'name'
  | 'phone'
  | 'preferences'
  | 'session'
  | 'notes'
  | 'reason'
  | 'reference'
  | 'metadata'

const marks = z.registry<{ readonly kind: Kind } | { readonly what: string }>()

/** Marks what is about a person, or is a text in somebody's own words. */
export function personal<Schema extends z.ZodType>(kind: Kind, schema: Schema): Schema {
  marks.add(schema, { kind })
  return schema
}

/** Marks a text of any form that is about no person: `what` it is. */
export function impersonal<Schema extends z.ZodType>(what: string, schema: Schema): Schema {
  marks.add(schema, { what })
  return schema
}

/** A text, or what may be one, in a schema. */
export interface TextField {
  /** As in `lines[].name`. */
  readonly path: string
  /** Of personal data. */
  readonly kind?: Kind
  /** Whether its form is open, and no mark names what it is. */
  readonly isOpen: boolean
  /** Whether it is read, and published no more. */
  readonly isRetired: boolean
}

/** Every text in the schema: what is personal, and what could be. */
export function textsOf(schema: z.core.$ZodType, path = '', isPast = false): readonly TextField[] {
  const isGone = isPast || isRetired(schema)
  const mark = marks.get(schema)
  if (mark) return [{ path, isOpen: false, isRetired: isGone, ...('kind' in mark && { kind: mark.kind }) }]
  const {
    _zod: { def },
  } = schema as z.core.$ZodTypes
  const inside = (inner: z.core.$ZodType, more = ''): readonly TextField[] => textsOf(inner, `${path}${more}`, isGone)
  switch (def.type) {
    case 'object':
      return Object.entries(def.shape).flatMap(([name, field]) => inside(field, path === '' ? name : `.${name}`))
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'readonly':
      return inside(def.innerType)
    case 'array':
      return inside(def.element, '[]')
    case 'tuple':
      return def.items.flatMap((item, index) => inside(item, `[${index}]`))
    case 'union':
      return def.options.flatMap((option) => inside(option))
    case 'record':
      return [...inside(def.keyType, '{name}'), ...inside(def.valueType, '{}')]
    case 'pipe':
      return inside(def.in)
    case 'string':
      return [{ path, isOpen: !hasForm(def), isRetired: isGone }]
    case 'unknown':
    case 'any':
      return [{ path, isOpen: true, isRetired: isGone }]
    case 'number':
    case 'boolean':
    case 'enum':
    case 'literal':
    case 'null':
    case 'transform':
      return []
    default:
      throw new Error(`${path}: a ${def.type} is not known to be a text or none.`)
  }
}

/** Whether a pattern or a format leaves no room for a text of one's own. */
function hasForm({ checks = [], ...own }: z.core.$ZodStringDef): boolean {
  const all = [own, ...checks.map(({ _zod: { def } }) => def)]
  return all.some((each) => 'check' in each && each.check === 'string_format')
}
