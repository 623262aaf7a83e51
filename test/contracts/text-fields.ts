import type * as z from 'zod'

/** A place in a schema where any text may be sent. */
export interface TextField {
  /** As in `lines[].name`; the names of a record are `metadata{name}`, its values `metadata{}`. */
  readonly path: string
  /** Whether the text is taken there. */
  readonly takes: (text: string) => boolean
  /** Whether a pattern or a format leaves no room for a text of one's own. */
  readonly hasForm: boolean
}

type Schema = z.core.$ZodType

const takenBy =
  (schema: Schema) =>
  (value: unknown): boolean =>
    (schema as z.ZodType).safeParse(value).success

/** Every text of the schema. What is made into something else is a text as a whole: what it becomes decides. */
export function textFieldsOf(schema: Schema, path = ''): readonly TextField[] {
  const {
    _zod: { def },
  } = schema as z.core.$ZodTypes
  const inside = (inner: Schema, more = ''): readonly TextField[] => textFieldsOf(inner, `${path}${more}`)
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
    case 'intersection':
      return [...inside(def.left), ...inside(def.right)]
    case 'record': {
      const takes = (name: string): boolean => takenBy(schema)({ [name]: 'x' })
      return [{ path: `${path}{name}`, takes, hasForm: hasForm(def.keyType) }, ...inside(def.valueType, '{}')]
    }
    case 'pipe':
    case 'string':
      return [{ path, takes: takenBy(schema), hasForm: hasForm(schema) }]
    case 'unknown':
    case 'any':
      return [{ path, takes: () => true, hasForm: false }]
    case 'number':
    case 'boolean':
    case 'enum':
    case 'literal':
    case 'null':
    case 'file':
      return []
    default:
      throw new Error(`${path}: a ${def.type} is not known to be a text or none.`)
  }
}

function hasForm(schema: Schema): boolean {
  const {
    _zod: { def },
  } = schema as z.core.$ZodTypes
  if (def.type === 'pipe') return hasForm(def.in) || hasForm(def.out)
  if (def.type !== 'string') return true
  const { checks = [], ...own } = def
  const all = [own, ...checks.map(({ _zod: { def: check } }) => check)]
  return all.some((each) => 'check' in each && each.check === 'string_format')
}
