import { own } from '../../schemas/own.ts'

/** Any value of a template. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** The names that the intrinsic functions of one template resolve. */
export interface Scope {
  /** The stack's name, for messages. */
  readonly stack: string
  /** A parameter, a pseudo parameter or what a resource is referred to by. */
  ref(name: string): Json | undefined
  attribute(logicalId: string, name: string): Json | undefined
  exported(name: string): Json | undefined
  /** An output of a stack that was made before. */
  output(stack: string, name: string): Json | undefined
  mapping(map: string, key: string, name: string): Json | undefined
  condition(name: string): boolean | undefined
}

/** The value of `{ Ref: 'AWS::NoValue' }`: the property is not there. */
const noValue = Symbol('AWS::NoValue')

export class TemplateError extends Error {
  override readonly name = 'TemplateError'
}

type Resolved = Json | typeof noValue

/** The value with every intrinsic function replaced by what it stands for. Throws `TemplateError` that names the stack. */
export function resolve(value: Json, scope: Scope): Json {
  const resolved = evaluate(value, scope)
  if (resolved === noValue) throw new TemplateError(`${scope.stack}: AWS::NoValue stands where a value is needed.`)
  return resolved
}

/** As {@link resolve}; `undefined` for `AWS::NoValue`. */
export function resolveProperty(value: Json, scope: Scope): Json | undefined {
  const resolved = evaluate(value, scope)
  return resolved === noValue ? undefined : resolved
}

/** Whether a condition of the template holds. */
export function holds(condition: Json, scope: Scope): boolean {
  const value = resolve(condition, scope)
  if (typeof value === 'boolean') return value
  throw new TemplateError(`${scope.stack}: a condition is ${JSON.stringify(value)}, not true or false.`)
}

function evaluate(value: Json, scope: Scope): Resolved {
  if (value === null || typeof value !== 'object') return value
  if (isList(value)) return value.map((item) => evaluate(item, scope)).filter((item) => item !== noValue)
  const [name, ...others] = Object.keys(value)
  if (name !== undefined && others.length === 0) {
    const intrinsic = own(intrinsics, name)
    if (intrinsic) return intrinsic(value[name] ?? null, scope)
    if (name.startsWith('Fn::')) throw new TemplateError(`${scope.stack}: ${name} is not supported here.`)
  }
  const entries = Object.entries(value).map(([key, item]) => [key, evaluate(item, scope)] as const)
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, Json] => entry[1] !== noValue))
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)

type Intrinsic = (argument: Json, scope: Scope) => Resolved

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, scope) => {
    if (name === 'AWS::NoValue') return noValue
    return known(scope.ref(text(name, 'Ref', scope)), `Ref ${JSON.stringify(name)}`, scope)
  },
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId, attribute] =
      typeof argument === 'string'
        ? [argument.slice(0, argument.indexOf('.')), argument.slice(argument.indexOf('.') + 1)]
        : list(argument, 'Fn::GetAtt', scope).map((part) => text(resolve(part, scope), 'Fn::GetAtt', scope))
    return attributeOf(logicalId ?? '', attribute ?? '', scope)
  },
  'Fn::Sub': (argument, scope) => {
    const [template, variables] = typeof argument === 'string' ? [argument, {}] : list(argument, 'Fn::Sub', scope)
    const own = resolve(variables ?? {}, scope) as Readonly<Record<string, Json>>
    return text(template ?? null, 'Fn::Sub', scope).replaceAll(
      /\$\{(!?)([^}]+)\}/g,
      (_, literal: string, name: string) => {
        if (literal) return `\${${name}}`
        if (Object.hasOwn(own, name)) return asText(own[name] ?? null)
        const dot = name.indexOf('.')
        if (dot > 0) return asText(attributeOf(name.slice(0, dot), name.slice(dot + 1), scope))
        return asText(known(scope.ref(name), `Fn::Sub \${${name}}`, scope))
      },
    )
  },
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = list(argument, 'Fn::Join', scope)
    return list(resolve(parts ?? [], scope), 'Fn::Join', scope)
      .map(asText)
      .join(text(separator ?? null, 'Fn::Join', scope))
  },
  'Fn::Select': (argument, scope) => {
    const [index, values] = list(argument, 'Fn::Select', scope).map((part) => resolve(part, scope))
    return known(list(values ?? [], 'Fn::Select', scope)[Number(index)], `Fn::Select ${Number(index)}`, scope)
  },
  'Fn::Split': (argument, scope) => {
    const [separator, whole] = list(argument, 'Fn::Split', scope).map((part) => resolve(part, scope))
    return text(whole ?? null, 'Fn::Split', scope).split(text(separator ?? null, 'Fn::Split', scope))
  },
  'Fn::Base64': (argument, scope) =>
    Buffer.from(text(resolve(argument, scope), 'Fn::Base64', scope)).toString('base64'),
  'Fn::ImportValue': (argument, scope) => {
    const name = text(resolve(argument, scope), 'Fn::ImportValue', scope)
    return known(scope.exported(name), `the export ${name}`, scope)
  },
  'Fn::GetStackOutput': (argument, scope) => {
    const { StackName, OutputName } = resolve(argument, scope) as Readonly<Record<string, Json>>
    const names = [StackName, OutputName].map((name) => text(name ?? null, 'Fn::GetStackOutput', scope))
    return known(scope.output(names[0] ?? '', names[1] ?? ''), `the output ${names.join('.')}`, scope)
  },
  'Fn::FindInMap': (argument, scope) => {
    const names = list(argument, 'Fn::FindInMap', scope).map((part) =>
      text(resolve(part, scope), 'Fn::FindInMap', scope),
    )
    const [map = '', key = '', name = ''] = names
    return known(scope.mapping(map, key, name), `Fn::FindInMap ${names.join('.')}`, scope)
  },
  Condition: (argument, scope) => conditionOf(argument, scope),
  'Fn::If': (argument, scope) => {
    const [condition, yes, no] = list(argument, 'Fn::If', scope)
    return evaluate((conditionOf(condition ?? null, scope) ? yes : no) ?? null, scope)
  },
  'Fn::Equals': (argument, scope) => {
    const [left, right] = list(argument, 'Fn::Equals', scope).map((part) => resolve(part, scope))
    return JSON.stringify(left) === JSON.stringify(right)
  },
  'Fn::And': (argument, scope) => list(argument, 'Fn::And', scope).every((part) => holds(part, scope)),
  'Fn::Or': (argument, scope) => list(argument, 'Fn::Or', scope).some((part) => holds(part, scope)),
  'Fn::Not': (argument, scope) => list(argument, 'Fn::Not', scope).every((part) => !holds(part, scope)),
}

function conditionOf(name: Json, scope: Scope): boolean {
  return known(scope.condition(text(name, 'Condition', scope)), `the condition ${JSON.stringify(name)}`, scope)
}

function attributeOf(logicalId: string, name: string, scope: Scope): Json {
  return known(scope.attribute(logicalId, name), `Fn::GetAtt ${logicalId}.${name}`, scope)
}

function known<Value>(value: Value | undefined, what: string, scope: Scope): Value {
  if (value === undefined) throw new TemplateError(`${scope.stack}: ${what} is not known here.`)
  return value
}

function text(value: Json, where: string, scope: Scope): string {
  if (typeof value === 'string') return value
  throw new TemplateError(`${scope.stack}: ${where} needs a text, not ${JSON.stringify(value)}.`)
}

function list(value: Json, where: string, scope: Scope): readonly Json[] {
  if (isList(value)) return value
  throw new TemplateError(`${scope.stack}: ${where} needs a list, not ${JSON.stringify(value)}.`)
}

const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))
