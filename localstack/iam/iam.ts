import * as z from 'zod'
import type { Assembly } from '../template/assembly.ts'
import { AwsError } from '../endpoint/aws-error.ts'
import type { PolicyDocument } from '../template/resource-types.ts'

/** Values of condition keys that a request comes with, such as `aws:SourceArn`: one, or of a multivalued key a list. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>

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
type Statement = z.infer<typeof Statement>

/** Policies of AWS that grant only what every function may do here anyway: its log and its traces. */
const withoutEffect: ReadonlySet<string> = new Set([
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
  'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess',
])

/** A caller that is not a role but a service of AWS. */
export interface ServiceCaller {
  /** Such as `events.amazonaws.com`. */
  readonly service: string
  readonly sourceArn: string
}

/**
 * Who may do what, by the roles, policies and resource policies of the templates: nothing that is not allowed, and a denial wins. Throws
 * at once for policies that it does not understand (`NotAction`, unknown condition operators), by their name.
 */
export class Iam {
  private readonly account: string
  private readonly identities = new Map<string, Statement[]>()
  private readonly trusts = new Map<string, readonly Statement[]>()
  private readonly resources = new Map<string, Statement[]>()

  constructor(assembly: Assembly) {
    this.account = assembly.place.account
    this.readRoles(assembly)
    this.readResourcePolicies(assembly)
  }

  /** Throws AwsError `AccessDeniedException` that names role, action and resource. */
  check(role: string, action: string, resource: string, context: RequestContext = {}): void {
    const statements = this.identities.get(role)
    const asked = { action, resource, context: { ...always, ...context } }
    const all = (this.resources.get(resource) ?? []).filter(({ Principal }) => Principal?.AWS?.includes('*'))
    if (statements !== undefined && allowed([...statements, ...all], asked)) return
    throw denied(role, action, resource, 'no identity-based policy allows the action')
  }

  /** Throws AwsError `AccessDeniedException` unless the resource's own policy lets the service in. */
  checkService({ service, sourceArn }: ServiceCaller, action: string, resource: string): void {
    const context = { ...always, 'aws:SourceArn': sourceArn, 'aws:SourceAccount': this.account }
    const statements = (this.resources.get(resource) ?? []).filter(
      ({ Principal }) => Principal?.Service?.includes(service) || Principal?.AWS?.includes('*'),
    )
    if (allowed(statements, { action, resource, context })) return
    throw denied(service, action, resource, `no resource-based policy allows the action for ${sourceArn}`)
  }

  /** Throws AwsError `AccessDeniedException` unless the role trusts the service. */
  checkTrust(role: string, { service, sourceArn }: ServiceCaller): void {
    const context = { ...always, 'aws:SourceArn': sourceArn, 'aws:SourceAccount': this.account }
    const statements = (this.trusts.get(role) ?? []).filter(({ Principal }) => Principal?.Service?.includes(service))
    if (allowed(statements, { action: 'sts:AssumeRole', resource: role, context })) return
    throw denied(service, 'sts:AssumeRole', role, 'the role does not trust it')
  }

  private readRoles(assembly: Assembly): void {
    const byName = new Map<string, Statement[]>()
    const managed = new Map(
      assembly.of('AWS::IAM::ManagedPolicy').map(({ arn, properties }) => [arn, properties.PolicyDocument]),
    )
    for (const { name, arn, properties } of assembly.of('AWS::IAM::Role')) {
      const statements = properties.Policies.flatMap((policy) => read(policy.PolicyDocument, arn))
      for (const policyArn of properties.ManagedPolicyArns) {
        const document = managed.get(policyArn)
        if (document) statements.push(...read(document, policyArn))
        else if (!withoutEffect.has(policyArn)) throw new Error(`The managed policy ${policyArn} is not known here.`)
      }
      byName.set(name, statements)
      this.identities.set(arn, statements)
      this.trusts.set(arn, read(properties.AssumeRolePolicyDocument, arn))
    }
    for (const type of ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'] as const) {
      for (const { properties, name } of assembly.of(type)) {
        const statements = read(properties.PolicyDocument, name)
        for (const role of properties.Roles) byName.get(role)?.push(...statements)
      }
    }
  }

  private readResourcePolicies(assembly: Assembly): void {
    const queues = new Map(assembly.of('AWS::SQS::Queue').map(({ ref, arn }) => [ref, arn]))
    for (const { properties, name } of assembly.of('AWS::SQS::QueuePolicy')) {
      for (const url of properties.Queues) this.attach(queues.get(url) ?? url, read(properties.PolicyDocument, name))
    }
    const functions = new Map(assembly.of('AWS::Lambda::Function').map(({ name, arn }) => [name, arn]))
    for (const { properties } of assembly.of('AWS::Lambda::Permission')) {
      const arn = functions.get(properties.FunctionName) ?? properties.FunctionName
      const { SourceArn, SourceAccount } = properties
      this.attach(arn, [
        {
          Effect: 'Allow',
          Action: [properties.Action],
          Resource: [arn],
          Principal: { Service: [properties.Principal] },
          Condition: {
            ...(SourceArn !== undefined && { ArnLike: { 'aws:SourceArn': [SourceArn] } }),
            ...(SourceAccount !== undefined && { StringEquals: { 'aws:SourceAccount': [SourceAccount] } }),
          },
        },
      ])
    }
  }

  private attach(resource: string, statements: readonly Statement[]): void {
    this.resources.set(resource, [...(this.resources.get(resource) ?? []), ...statements])
  }
}

/** On AWS every call comes over TLS. */
const always: RequestContext = { 'aws:SecureTransport': 'true' }

function read(document: z.infer<typeof PolicyDocument>, of: string): Statement[] {
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

interface Asked {
  readonly action: string
  readonly resource: string
  readonly context: RequestContext
}

function allowed(statements: readonly Statement[], asked: Asked): boolean {
  const fitting = statements.filter((statement) => fits(statement, asked))
  return fitting.some(({ Effect }) => Effect === 'Allow') && !fitting.some(({ Effect }) => Effect === 'Deny')
}

function fits({ Action, Resource, Condition }: Statement, { action, resource, context }: Asked): boolean {
  return (
    Action.some((pattern) => like(pattern.toLowerCase(), action.toLowerCase())) &&
    (Resource ?? ['*']).some((pattern) => like(pattern, resource)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => conditionHolds(operator, values, context[key])),
    )
  )
}

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
  // Of no value at all everything can be said.
  if (read.over === 'ForAllValues') return values.every(passes)
  if (values.length === 0) return read.ifExists
  if (read.over === 'ForAnyValue') return values.some(passes)
  // What an operator for one value makes of several, AWS does not say.
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

function denied(who: string, action: string, resource: string, why: string): AwsError {
  return new AwsError(
    'AccessDeniedException',
    `${who} is not authorized to perform: ${action} on resource: ${resource} because ${why}`,
  )
}
