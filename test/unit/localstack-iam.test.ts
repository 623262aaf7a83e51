import { describe, expect, test } from 'vitest'
import { resolveTemplates } from '../../localstack/deploy/assembly.ts'
import { Deliveries } from '../../localstack/deploy/deliveries.ts'
import { deployIam } from '../../localstack/deploy/policies.ts'
import type { Iam } from '../../localstack/iam/iam.ts'
import { Outages } from '../../localstack/endpoint/outages.ts'
import { Bucket } from '../../localstack/s3/bucket.ts'

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
    { Effect: 'Allow', Action: 'sns:Publish', Resource: '*', Condition: { Bool: { 'AWS:SecureTransport': true } } },
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
    ['what is allowed under a condition, its key in capitals', 'sns:Publish', queue],
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

describe('a condition', () => {
  const asked = { 'aws:SourceArn': 'arn:a', 'events:source': 'shop.orders' }
  const passes = (Condition: object, context: Record<string, string | string[]> = asked): boolean => {
    const iam = iamWith([{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue, Condition }])
    try {
      iam.check(role, 'sqs:SendMessage', queue, context)
      return true
    } catch {
      return false
    }
  }

  test('of several keys holds when all of them do', () => {
    expect(passes({ StringEquals: { 'aws:SourceArn': 'arn:a', 'events:source': 'shop.orders' } })).toBe(true)
    expect(passes({ StringEquals: { 'aws:SourceArn': 'arn:a', 'events:source': 'shop.users' } })).toBe(false)
    expect(passes({ StringEquals: { 'aws:SourceArn': 'arn:a' }, StringLike: { 'events:source': '*.users' } })).toBe(
      false,
    )
  })

  test('of several values holds when one of them is there', () => {
    expect(passes({ StringEquals: { 'events:source': ['shop.users', 'shop.orders'] } })).toBe(true)
    expect(passes({ StringEquals: { 'events:source': ['shop.users', 'shop.stock'] } })).toBe(false)
  })

  test('of a pattern takes any characters, also those of several lines', () => {
    expect(passes({ StringLike: { 'events:source': 'shop.*s' } }, { 'events:source': 'shop.\norders' })).toBe(true)
  })
})

describe('a bucket as failure destination', () => {
  const bucketArn = 'arn:aws:s3:::s-bucket'
  const deliver = (...actions: string[]) => {
    const now = () => 0
    const bucket = new Bucket({ name: 's-bucket', arn: bucketArn }, now)
    const iam = iamWith(actions.map((Action) => ({ Effect: 'Allow', Action, Resource: [bucketArn, `${bucketArn}/*`] })))
    const { region, account } = place
    const more = {
      outages: new Outages(),
      queues: new Map(),
      functions: new Map(),
      buckets: new Map([['s-bucket', bucket]]),
    }
    new Deliveries({ iam, region, account, ...more }).objectByRole(role, bucketArn, 'key', 'body')
    return bucket.list()
  }

  test('gets its object in the name of a role that may put it and list the bucket', () => {
    expect(deliver('s3:PutObject', 's3:ListBucket')).toEqual([{ key: 'key', body: Buffer.from('body'), at: 0 }])
  })

  test.each(['s3:PutObject', 's3:ListBucket'])('gets none from a role that may %s alone', (action) => {
    expect(() => deliver(action)).toThrow('is not authorized to perform: s3:')
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

describe('a policy of a resource', () => {
  const fn = 'arn:aws:lambda:us-east-1:000000000000:function:S-Fn'
  const sourceArn = 'arn:aws:execute-api:us-east-1:000000000000:api'
  const permission = (more: object = {}): Record<string, object> => ({
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: fn,
        Principal: 'apigateway.amazonaws.com',
        ...more,
      },
    },
  })
  const mayInvoke = (more: object, from: string, service = 'apigateway.amazonaws.com'): boolean => {
    const iam = iamWith([], permission(more))
    try {
      iam.checkService({ service, sourceArn: from }, 'lambda:InvokeFunction', fn)
      return true
    } catch {
      return false
    }
  }

  test('lets a service invoke a function, from everywhere where it names no source', () => {
    expect(mayInvoke({}, sourceArn)).toBe(true)
    expect(mayInvoke({}, sourceArn, 'events.amazonaws.com')).toBe(false)
    expect(mayInvoke({ Action: 'lambda:GetFunction' }, sourceArn)).toBe(false)
  })

  test('lets it in from the source and the account that it names only', () => {
    expect(mayInvoke({ SourceArn: `${sourceArn}/*` }, `${sourceArn}/GET/orders`)).toBe(true)
    expect(mayInvoke({ SourceArn: `${sourceArn}/*` }, sourceArn)).toBe(false)
    expect(mayInvoke({ SourceAccount: '000000000000' }, sourceArn)).toBe(true)
    expect(mayInvoke({ SourceAccount: '111111111111' }, sourceArn)).toBe(false)
  })

  const queuePolicy = (...Statement: object[]): Record<string, object> => ({
    QueuePolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: { Queues: [{ Ref: 'Queue' }], PolicyDocument: { Statement } },
    },
  })
  const all = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue }

  test.each([
    ['as a text', '*'],
    ['as a caller of AWS', { AWS: '*' }],
  ])('is for everybody whose principal is any, %s', (_, Principal) => {
    const iam = iamWith([], queuePolicy({ ...all, Principal }))
    expect(() => iam.check(role, 'sqs:SendMessage', queue)).not.toThrow()
    expect(() =>
      iam.checkService({ service: 'events.amazonaws.com', sourceArn }, 'sqs:SendMessage', queue),
    ).not.toThrow()
  })

  test('is of the queue that its address names, whichever stack has it', () => {
    const policies = queuePolicy({ ...all, Principal: '*' })
    Object.assign((policies['QueuePolicy'] as { Properties: object }).Properties, { Queues: [queue] })
    expect(() => iamWith([], policies).check(role, 'sqs:SendMessage', queue)).not.toThrow()
  })

  test('lets nobody in where there is none', () => {
    expect(() =>
      iamWith([]).checkService({ service: 'events.amazonaws.com', sourceArn }, 'sqs:SendMessage', queue),
    ).toThrow('resource-based policy')
  })

  test('is for nobody where it has no principal', () => {
    const iam = iamWith([], queuePolicy(all))
    expect(() => iam.check(role, 'sqs:SendMessage', queue)).toThrow('identity-based policy')
    expect(() => iam.checkService({ service: 'events.amazonaws.com', sourceArn }, 'sqs:SendMessage', queue)).toThrow(
      'resource-based policy',
    )
  })

  test('of a role that there is not lets nobody in', () => {
    expect(() => iamWith([]).checkTrust(`${role}s`, { service: 'lambda.amazonaws.com', sourceArn })).toThrow(
      'does not trust',
    )
  })

  test('lets a service invoke a function of the template', () => {
    const resources = {
      ...permission({ FunctionName: { Ref: 'Fn' } }),
      Fn: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Role: role,
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          Code: { S3Bucket: 'b', S3Key: 'k' },
        },
      },
    }
    const caller = { service: 'apigateway.amazonaws.com', sourceArn }
    expect(() => iamWith([], resources).checkService(caller, 'lambda:InvokeFunction', fn)).not.toThrow()
  })

  test('is for nobody else than its principal', () => {
    const statements = ['AWS', 'Service'].map((kind) => ({
      ...all,
      Principal: { [kind]: 'arn:aws:iam::1:role/other' },
    }))
    const iam = iamWith([], queuePolicy(...statements))
    expect(() => iam.check(role, 'sqs:SendMessage', queue)).toThrow('identity-based policy')
    expect(() => iam.checkService({ service: 'events.amazonaws.com', sourceArn }, 'sqs:SendMessage', queue)).toThrow(
      'resource-based policy',
    )
  })

  test('may ask for TLS, which every call has', () => {
    const Condition = { Bool: { 'aws:SecureTransport': true } }
    const iam = iamWith([], queuePolicy({ ...all, Principal: '*', Condition }))
    expect(() => iam.check(role, 'sqs:SendMessage', queue)).not.toThrow()
    const trusting = { Statement: [{ ...trust.Statement[0], Condition }] }
    const roles = { Other: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trusting } } }
    expect(() =>
      iamWith([], roles).checkTrust('arn:aws:iam::000000000000:role/S-Other', {
        service: 'lambda.amazonaws.com',
        sourceArn,
      }),
    ).not.toThrow()
  })
})

describe('a role that trusts', () => {
  const other = 'arn:aws:iam::000000000000:role/S-Other'
  const lambda = { service: 'lambda.amazonaws.com', sourceArn: 'arn:aws:lambda:us-east-1:000000000000:function:f' }
  const trusting = (statement: object): Iam =>
    iamWith([], {
      Other: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', ...statement }] },
        },
      },
    })

  test('without a principal trusts no service', () => {
    expect(() => trusting({}).checkTrust(other, lambda)).toThrow('does not trust')
  })

  test('an account trusts no service, and a refusal names what was asked', () => {
    const iam = trusting({ Principal: { AWS: 'arn:aws:iam::000000000000:root' } })
    expect(() => iam.checkTrust(other, lambda)).toThrow(
      `lambda.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: ${other}`,
    )
  })

  test('a service of one account trusts it for that account only', () => {
    const from = (account: string): Iam =>
      trusting({
        Principal: { Service: 'lambda.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': account }, ArnLike: { 'aws:SourceArn': lambda.sourceArn } },
      })
    expect(() => from('000000000000').checkTrust(other, lambda)).not.toThrow()
    expect(() => from('111111111111').checkTrust(other, lambda)).toThrow('does not trust')
  })
})

describe('policies of AWS and of the account', () => {
  const withManaged = (...ManagedPolicyArns: unknown[]): Iam =>
    iamWith([], {
      Managed: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: {
          PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue }] },
        },
      },
      Other: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust, ManagedPolicyArns } },
    })
  const other = 'arn:aws:iam::000000000000:role/S-Other'

  test('for logs and traces grant nothing else', () => {
    const iam = withManaged(
      'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
      'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess',
    )
    expect(() => iam.check(other, 'sqs:SendMessage', queue)).toThrow('not authorized')
  })

  test('of the template grant it to the roles that they name', () => {
    const managed = {
      Managed: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: {
          Roles: [{ Ref: 'Role' }],
          PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue }] },
        },
      },
    }
    expect(() => iamWith([], managed).check(role, 'sqs:SendMessage', queue)).not.toThrow()
  })

  test('of the template grant what they grant', () => {
    expect(() => withManaged({ Ref: 'Managed' }).check(other, 'sqs:SendMessage', queue)).not.toThrow()
  })

  test('may be of roles that another stack has', () => {
    const elsewhere = {
      Elsewhere: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'e',
          Roles: ['elsewhere'],
          PolicyDocument: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
        },
      },
    }
    expect(() => iamWith([], elsewhere).check(role, 'sqs:SendMessage', queue)).toThrow('not authorized')
  })

  test('that are not known are refused at once, by name', () => {
    expect(() => withManaged('arn:aws:iam::aws:policy/AdministratorAccess')).toThrow('policy/AdministratorAccess')
  })
})

test.each([
  ['sqs:Send?essage', true],
  ['sqs:Send?ssage', false],
  ['sqs:S.*', false],
  ['SQS:sendmessage', true],
])('the action %s stands for sending a message: %s', (Action, stands) => {
  const check = (): void => iamWith([{ Effect: 'Allow', Action }]).check(role, 'sqs:SendMessage', queue)
  if (stands) expect(check).not.toThrow()
  else expect(check).toThrow('not authorized')
})
