import * as z from 'zod'
import { routes } from '../../schemas/client.ts'
import type { RouteContract } from '../../schemas/contract.ts'

export type RouteName = keyof typeof routes

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
}

/** Every field that a route takes, as `body lines[].sku`, `query limit`, `params id` or `header Idempotency-Key`. */
export function fieldsOf(route: RouteContract): readonly string[] {
  const within = (part: 'params' | 'query' | 'body'): string[] => {
    const schema = route[part]
    return schema === undefined ? [] : pathsOf(schema).map((path) => `${part} ${path}`)
  }
  return [
    ...within('params'),
    ...within('query'),
    ...within('body'),
    ...(route.text === undefined ? [] : ['text']),
    ...(route.idempotencyKey === undefined ? [] : ['header Idempotency-Key']),
    ...(route.prefersWait ? ['header Prefer'] : []),
  ]
}

function pathsOf(schema: z.ZodType): readonly string[] {
  const whole = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema
  const resolved = ({ $ref, ...own }: Schema): Schema =>
    $ref === undefined ? own : (whole.$defs?.[$ref.split('/').at(-1) ?? ''] ?? own)
  const below = (each: Schema, path: string): readonly string[] => {
    const { properties, items, anyOf } = resolved(each)
    if (anyOf) return [...new Set(anyOf.flatMap((choice) => below(choice, path)))]
    if (items) return below(items, `${path}[]`)
    if (properties === undefined) return path === '' ? [] : [path]
    return Object.entries(properties).flatMap(([name, field]) => below(field, path === '' ? name : `${path}.${name}`))
  }
  return below(whole, '')
}
