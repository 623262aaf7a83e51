import * as z from 'zod'
import type { RequestContext } from '../endpoint/call.ts'
import type { PolicyDocument } from './resource-types.ts'

const OneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat())

const Statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: OneOrMore,
  Resource: OneOrMore.optional(),
  Principal: z
    .union([
      z.literal('*').transform((): { AWS?: string[]; Service?: string[] } => ({ AWS: ['*'] })),
      z.strictObject({ AWS: OneOrMore.optional(), Service: OneOrMore.optional() }),
    ])
    .optional(),
  Condition: z
    .record(z.string(), z.record(z.string(), z.union([OneOrMore, z.boolean().transform((value) => [String(value)])])))
    .default({}),
})
export type Statement = z.infer<typeof Statement>

/** The statements of a policy. Throws for what it does not understand (`NotAction`, unknown condition operators), by name. */
export function readPolicy(document: z.infer<typeof PolicyDocument>, of: string): Statement[] {
  return document.Statement.map((source) => {
    const statement = Statement.safeParse(source)
    if (!statement.success)
      throw new Error(`The policy of ${of} is not understood: ${z.prettifyError(statement.error)}`)
    for (const operator of Object.keys(statement.data.Condition)) {
      if (readOperator(operator) === undefined)
        throw new Error(`The policy of ${of} has the condition ${operator}, which is not known here.`)
    }
    return statement.data
  })
}

export interface Asked {
  readonly action: string
  readonly resource: string
  readonly context: RequestContext
}

/** Whether some statement allows it and none denies it. */
export function allowed(statements: readonly Statement[], asked: Asked): boolean {
  const fitting = statements.filter((statement) => fits(statement, asked))
  return fitting.some(({ Effect }) => Effect === 'Allow') && !fitting.some(({ Effect }) => Effect === 'Deny')
}

function fits({ Action, Resource, Condition }: Statement, { action, resource, context }: Asked): boolean {
  return (
    Action.some((pattern) => like(pattern.toLowerCase(), action.toLowerCase())) &&
    (Resource ?? ['*']).some((pattern) => like(pattern, resource)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => conditionHolds(operator, values, valueOf(context, key))),
    )
  )
}

/** Names of condition keys are the same in small letters and capitals; their values are not. */
const valueOf = (context: RequestContext, key: string): RequestContext[string] | undefined =>
  context[key] ?? Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1]

type Comparison = (pattern: string, value: string) => boolean

const comparisons: ReadonlyMap<string, Comparison> = new Map<string, Comparison>([
  ['ArnEquals', like],
  ['ArnLike', like],
  ['Bool', (pattern, value) => pattern === value],
  ['StringEquals', (pattern, value) => pattern === value],
  ['StringLike', like],
])

/** A condition operator: how one value is compared, and which of a key's values must pass. */
interface Operator {
  readonly compare: Comparison
  readonly over: 'ForAllValues' | 'ForAnyValue' | 'one'
  readonly ifExists: boolean
}

/** `Null` asks whether a key is there at all; undefined for an operator that is not known here. */
function readOperator(text: string): Operator | 'Null' | undefined {
  if (text === 'Null') return 'Null'
  const [, over = 'one', name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(text) ?? []
  const compare = comparisons.get(name)
  return compare && { compare, over: over as Operator['over'], ifExists: ifExists !== undefined }
}

function conditionHolds(operator: string, patterns: readonly string[], value: RequestContext[string] | undefined) {
  const values = value === undefined ? [] : [value].flat()
  const read = readOperator(operator)
  if (read === undefined) return false
  if (read === 'Null') return patterns.includes(String(values.length === 0))
  const passes = (each: string): boolean => patterns.some((pattern) => read.compare(pattern, each))
  // True of no values at all.
  if (read.over === 'ForAllValues') return values.every(passes)
  if (values.length === 0) return read.ifExists
  if (read.over === 'ForAnyValue') return values.some(passes)
  // AWS does not document what an operator for one value makes of several.
  return values.length === 1 && values.every(passes)
}

const expressions = new Map<string, RegExp>()

/** `*` stands for any text, `?` for one character. */
function like(pattern: string, value: string): boolean {
  let expression = expressions.get(pattern)
  if (expression === undefined) {
    const source = pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
    expression = new RegExp(`^${source}$`, 's')
    expressions.set(pattern, expression)
  }
  return expression.test(value)
}
