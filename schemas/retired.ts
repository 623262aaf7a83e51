import * as z from 'zod'

/** In the place of a text that the last release requires and nobody reads. */
export const textStandIn = ''

const retirements = z.registry<{ readonly standIn?: unknown }>()

/**
 * A field that an event carried in the last release, and that is published no more: the relay leaves it out, or puts the stand-in in its
 * place, whatever the core emits. Consumers still read it: the last release publishes it, and archives have it.
 */
export function retired<Schema extends z.ZodType>(schema: Schema, standIn?: unknown): Schema {
  const described = schema.describe('Published no more; the last release and archives have it.')
  retirements.add(described, { standIn })
  return described
}

export const isRetired = (schema: z.core.$ZodType): boolean => retirements.has(schema)

interface Retired {
  readonly path: readonly string[]
  readonly standIn: unknown
}

const byContract = new WeakMap<z.ZodType, readonly Retired[]>()

/** The data of an event as it is published: without what is retired. */
export function published<Data>(schema: z.ZodType, data: Data): Data {
  const found = byContract.get(schema) ?? retiredIn(schema, [])
  byContract.set(schema, found)
  return found.reduce((rest, each) => without(rest, each) as Data, data)
}

function retiredIn(schema: z.core.$ZodType, path: readonly string[]): readonly Retired[] {
  const mark = retirements.get(schema)
  if (mark) return [{ path, standIn: mark.standIn }]
  const {
    _zod: { def },
  } = schema as z.core.$ZodTypes
  if (def.type === 'optional') return retiredIn(def.innerType, path)
  if (def.type !== 'object') return []
  return Object.entries(def.shape).flatMap(([name, field]) => retiredIn(field, [...path, name]))
}

function without(data: unknown, { path: [name = '', ...inner], standIn }: Retired): unknown {
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, name)) return data
  const { [name]: value, ...rest } = data as Record<string, unknown>
  if (inner.length > 0) return { ...data, [name]: without(value, { path: inner, standIn }) }
  return standIn === undefined || value === undefined ? rest : { ...data, [name]: standIn }
}
