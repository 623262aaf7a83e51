import { describe, expect, test } from 'vitest'
import { resolveTemplates } from '../../localstack/deploy/assembly.ts'
import { deployIam } from '../../localstack/deploy/policies.ts'
import type { Iam } from '../../localstack/iam/iam.ts'

const place = { region: 'us-east-1', account: '000000000000', endpoint: 'http://127.0.0.1:1' }
const role = 'arn:aws:iam::000000000000:role/S-Role'
const queue = 'arn:aws:sqs:us-east-1:000000000000:S-Queue'
const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/one'
const trust = {
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
}

function iamWith(statements: object[], more: Record<string, object> = {}): Iam {
  const template = {
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust } },
      Queue: { Type: 'AWS::SQS::Queue' },
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: { PolicyName: 'p', Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: statements } },
      },
      ...more,
    },
  }
  return deployIam(resolveTemplates([{ name: 'S', template }], place))
}

describe('a role may do', () => {
  const iam = iamWith([
    { Effect: 'Allow', Action: ['dynamodb:GetItem', 'sqs:*'], Resource: [table, queue] },
    { Effect: 'Allow', Action: 'dynamodb:Query', Resource: `${table}/index/*` },
    { Effect: 'Deny', Action: 'sqs:PurgeQueue', Resource: '*' },
    {
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: role,
      Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
    },
  ])

  test.each([
    ['what a statement allows', 'dynamodb:GetItem', table],
    ['what a wildcard of the action covers', 'sqs:SendMessage', queue],
    ['what a wildcard of the resource covers', 'dynamodb:Query', `${table}/index/places`],
  ])('%s', (_, action, resource) => {
    expect(() => iam.check(role, action, resource)).not.toThrow()
  })

  test.each([
    ['what nothing allows', 'dynamodb:PutItem', table],
    ['what is allowed on another resource', 'dynamodb:GetItem', `${table}-other`],
    ['what a longer name than the pattern stands for', 'dynamodb:GetItemS', table],
    ['what is allowed and denied', 'sqs:PurgeQueue', queue],
    ['what is allowed under another condition', 'iam:PassRole', role],
  ])('not %s', (_, action, resource) => {
    expect(() => iam.check(role, action, resource)).toThrow(
      expect.objectContaining({
        code: 'AccessDeniedException',
        message: expect.stringContaining(`${role} is not authorized to perform: ${action} on resource: ${resource}`),
      }),
    )
  })

  test('what is allowed under its condition', () => {
    const context = { 'iam:PassedToService': 'scheduler.amazonaws.com' }
    expect(() => iam.check(role, 'iam:PassRole', role, context)).not.toThrow()
  })

  test('nothing if there is no such role', () => {
    expect(() => iam.check(`${role}s`, 'dynamodb:GetItem', table)).toThrow('not authorized')
  })
})

describe('a key with several values', () => {
  const bus = 'arn:aws:events:us-east-1:000000000000:event-bus/b'
  const puts = (Condition: object) =>
    iamWith([{ Effect: 'Allow', Action: 'events:PutEvents', Resource: bus, Condition }])
  const own = { 'events:source': 'shop.orders' }
  const there = { Null: { 'events:source': 'false' } }
  const calls = {
    'its own': { 'events:source': ['shop.orders'] },
    'its own, as one value': { 'events:source': 'shop.orders' },
    'its own and another': { 'events:source': ['shop.orders', 'shop.users'] },
    another: { 'events:source': ['shop.users'] },
    none: {},
  }

  test.each([
    ['StringEquals', { StringEquals: own }, ['its own', 'its own, as one value']],
    ['StringEqualsIfExists', { StringEqualsIfExists: own }, ['its own', 'its own, as one value', 'none']],
    ['ForAllValues', { 'ForAllValues:StringEquals': own }, ['its own', 'its own, as one value', 'none']],
    ['ForAllValues and Null', { 'ForAllValues:StringEquals': own, ...there }, ['its own', 'its own, as one value']],
    ['ForAnyValue', { 'ForAnyValue:StringEquals': own }, ['its own', 'its own, as one value', 'its own and another']],
    ['Null', { Null: { 'events:source': 'true' } }, ['none']],
  ])('under %s lets through what AWS lets through', (_, condition, expected) => {
    const iam = puts(condition)
    const passing = Object.entries(calls).filter(([, context]) => {
      try {
        iam.check(role, 'events:PutEvents', bus, context)
        return true
      } catch {
        return false
      }
    })
    expect(passing.map(([name]) => name)).toEqual(expected)
  })
})

describe('a service of AWS', () => {
  const sourceArn = 'arn:aws:events:us-east-1:000000000000:rule/S-Rule'
  const iam = iamWith([], {
    QueuePolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Queue' }],
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Deny',
              Principal: { AWS: '*' },
              Action: 'sqs:*',
              Resource: queue,
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            },
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: queue,
              Condition: { ArnEquals: { 'aws:SourceArn': sourceArn } },
            },
          ],
        },
      },
    },
  })

  test('may send to a queue whose policy lets it in', () => {
    expect(() =>
      iam.checkService({ service: 'events.amazonaws.com', sourceArn }, 'sqs:SendMessage', queue),
    ).not.toThrow()
  })

  test.each([
    ['for another rule', 'events.amazonaws.com', `${sourceArn}2`],
    ['if it is another service', 'scheduler.amazonaws.com', sourceArn],
  ])('may not %s', (_, service, from) => {
    expect(() => iam.checkService({ service, sourceArn: from }, 'sqs:SendMessage', queue)).toThrow(
      'resource-based policy',
    )
  })

  test('may use a role that trusts it, and no other', () => {
    expect(() => iam.checkTrust(role, { service: 'lambda.amazonaws.com', sourceArn })).not.toThrow()
    expect(() => iam.checkTrust(role, { service: 'scheduler.amazonaws.com', sourceArn })).toThrow('does not trust')
  })
})

describe('a policy that is not understood is refused at once', () => {
  test.each([
    ['NotAction', { Effect: 'Allow', NotAction: 'sqs:*', Resource: '*' }],
    [
      'DateLessThan',
      { Effect: 'Allow', Action: 'sqs:*', Resource: '*', Condition: { DateLessThan: { 'aws:CurrentTime': 'x' } } },
    ],
    ...['ForMostValues:StringEquals', 'ForAllValues:Null', 'NullIfExists'].map((operator): [string, object] => [
      operator,
      { Effect: 'Allow', Action: 'sqs:*', Resource: '*', Condition: { [operator]: { 'aws:SourceArn': 'x' } } },
    ]),
  ])('%s', (what, statement) => {
    expect(() => iamWith([statement])).toThrow(what)
  })
})
