import { describe, expect, it } from 'vitest'
import { services } from '../../schemas/contract.ts'
import { topology } from '../../schemas/topology.ts'
import { type Resource, type Value, named, prod } from './templates.ts'

interface Statement {
  readonly Effect: string
  readonly Action: string | readonly string[]
  readonly Resource: Value
  readonly Condition?: Value
}

const functions = prod.of('AWS::Lambda::Function')
const roles = prod.of('AWS::IAM::Role')

/** What a role may do, a line for each action on each resource. */
function grantsOf(role: Resource): string[] {
  const statements: readonly Statement[] = prod
    .of('AWS::IAM::Policy')
    .filter(({ service, properties }) => properties.Roles.some((each: Value) => prod.at(service, each) === role))
    .flatMap(({ properties }) => properties.PolicyDocument.Statement)
  return statements
    .flatMap(({ Effect, Action, Resource, Condition }) =>
      [Action].flat().flatMap((action) =>
        [Resource].flat().map((resource) => {
          const condition = Condition === undefined ? '' : ` if ${JSON.stringify(Condition)}`
          return `${Effect === 'Allow' ? '' : `${Effect} `}${action} on ${prod.rendered(role.service, resource)}${condition}`
        }),
      ),
    )
    .toSorted()
}

/** When a key was used: nothing but that may be written by every function that checks keys. */
const uses = `dynamodb:PutItem on platform UsersPrincipals if ${JSON.stringify({
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['used_*'] },
})}`

/** What the sweep of users reads of payments. */
const looks = `dynamodb:GetItem on payments DataTable if ${JSON.stringify({
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['wallet_*'] },
})}`

describe('grants', () => {
  it.each(functions.map((fn) => [fn.properties.Description.replace('Holdfast prod: ', ''), fn] as const))(
    'of %s are what it needs',
    (_, fn) => {
      expect(grantsOf(prod.at(fn.service, fn.properties.Role))).toMatchSnapshot()
    },
  )

  it('of timers send to the queue of orders, or to the dead letters', () => {
    const [role, ...others] = roles.filter(({ properties }) =>
      JSON.stringify(properties.AssumeRolePolicyDocument).includes('scheduler.amazonaws.com'),
    )
    expect(others).toEqual([])
    expect(grantsOf(role!)).toEqual([
      'sqs:SendMessage on orders EventsQueue',
      'sqs:SendMessage on orders EventsTimersDeadLetters',
    ])
    const [{ Condition }] = role!.properties.AssumeRolePolicyDocument.Statement
    expect(prod.rendered(role!.service, Condition.StringEquals['aws:SourceArn'])).toBe('platform Schedules')
  })

  it.each(named(roles))('of %s stand in one inline policy, without managed ones', (_, { properties }) => {
    expect(properties.ManagedPolicyArns).toBeUndefined()
    expect(properties.Policies).toBeUndefined()
  })

  it.each(
    functions.filter(({ properties }) => properties.Description.endsWith(' relay')).map((fn) => [fn.service, fn]),
  )('of the relay of %s put events under its own source alone', (service, fn) => {
    const puts = grantsOf(prod.at(fn.service, fn.properties.Role)).filter((grant) => grant.includes('PutEvents'))
    const condition = {
      'ForAllValues:StringEquals': { 'events:source': `holdfast.${service}` },
      Null: { 'events:source': 'false' },
    }
    expect(puts).toEqual([`events:PutEvents on platform Bus if ${JSON.stringify(condition)}`])
  })

  it('of no other function put events', () => {
    const others = functions.filter(({ properties }) => !properties.Description.endsWith(' relay'))
    const puts = others.flatMap((fn) => grantsOf(prod.at(fn.service, fn.properties.Role)))
    expect(puts.filter((grant) => grant.includes('events:'))).toEqual([])
  })

  it('are on named resources, but for those that cannot be', () => {
    const wide = roles.flatMap(grantsOf).filter((grant) => grant.includes('*'))
    const imported = wide.filter((grant) =>
      /^s3:(?:Get|Put)Object on (?:catalog|inventory) ImportsFiles\/(?:files|parts|results)\/\*$/.test(grant),
    )
    expect(imported).toHaveLength(12)
    const photos = wide.filter((grant) =>
      /^s3:(?:Get|Put|Delete)Object on catalog PhotosFiles\/(?:uploads|photos)\/\*$/.test(grant),
    )
    expect(photos).toHaveLength(7)
    const known = new Set([...imported, ...photos])
    const objects = wide.filter((grant) =>
      /^s3:PutObject on \w+ (?:Relay|Fold|Mails)LostRecords\/aws\/lambda\/\*$/.test(grant),
    )
    expect(objects).toHaveLength(
      services.filter((service) => Object.keys(topology[service].events).length > 0).length + 2,
    )
    expect([...new Set(wide)].filter((grant) => !objects.includes(grant) && !known.has(grant)).toSorted()).toEqual([
      'cloudwatch:GetMetricData on *',
      looks,
      uses,
      'execute-api:ManageConnections on arn:aws:execute-api:<Region>:<AccountId>:notifications LiveApi/live/*/@connections/*',
      'scheduler:CreateSchedule on arn:aws:scheduler:<Region>:<AccountId>:schedule/platform Schedules/*',
      'scheduler:DeleteSchedule on arn:aws:scheduler:<Region>:<AccountId>:schedule/platform Schedules/*',
      'xray:PutTelemetryRecords on *',
      'xray:PutTraceSegments on *',
    ])
  })

  it.each(named(roles))('of %s never reach into the table of another service', (_, role) => {
    const tables = grantsOf(role).filter((grant) => grant.startsWith('dynamodb:'))
    const shared = 'platform UsersPrincipals'
    const elsewhere = tables.filter((grant) => !grant.includes(` on ${role.service} DataTable`))
    // Reconciliation alone holds the tables of services against each other. It reads, and changes nothing.
    if (role.name === 'operations ReconciliationHandlerRole') {
      expect(tables).toEqual([
        'dynamodb:GetItem on inventory DataTable',
        ...['inventory', 'orders', 'payments'].map((service) => `dynamodb:Scan on ${service} DataTable`),
      ])
      return
    }
    // Before an account is erased, its wallet is looked into: item by item, and nothing else of payments.
    const others = elsewhere.filter((grant) => !grant.includes(` on ${shared}`))
    expect(others).toEqual(role.name === 'users SweepHandlerRole' ? [looks] : [])
    // What holds of a user is read item by item, and the use of keys written; the users service alone writes the rest.
    const written = elsewhere.filter((grant) => !grant.startsWith('dynamodb:GetItem ') && grant !== uses)
    if (role.service !== 'users') expect(written).toEqual([])
  })
})
