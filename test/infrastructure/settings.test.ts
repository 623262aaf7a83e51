import { Role } from '../../schemas/access.ts'
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { timeouts } from '../../lib/delivery.ts'
import { entries } from '../../lib/entries.ts'
import { settings } from '../../lib/services.ts'
import { type Stage, forEmulator, stageOf, stages } from '../../lib/stages.ts'
import { services } from '../../schemas/contract.ts'
import { topology } from '../../schemas/topology.ts'
import { mostWebhooks } from '../../schemas/webhook.ts'
import { deploymentOf, dev, named, prod } from './templates.ts'

const functions = named(prod.of('AWS::Lambda::Function'))
const mappings = prod.of('AWS::Lambda::EventSourceMapping')
const kindOf = (description: string) => description.split(' ').at(-1) as keyof typeof timeouts

describe('functions', () => {
  it('are exactly those that contracts and settings ask for', () => {
    const described = functions.map(([, { properties }]) => properties.Description as string)
    // No stage keeps a locked copy of the audit unless it is set.
    const copying = 'Holdfast prod: audit relay'
    expect([...described, copying].toSorted()).toEqual(
      entries.map(({ service, kind }) => `Holdfast prod: ${service} ${kind}`).toSorted(),
    )
  })

  it('give an API caller 10 s and a delivery 30 s', () => {
    expect(timeouts).toMatchObject({ http: 10, events: 30, relay: 30 })
  })

  it.each(functions)('%s runs on nodejs24.x, arm64, traced, with JSON logs, within its time', (_, fn) => {
    expect(fn.properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
      // The report of an invocation is a system log of level INFO.
      LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'INFO', SystemLogLevel: 'INFO' },
      Timeout: timeouts[kindOf(fn.properties.Description)],
      Environment: {
        Variables: { POWERTOOLS_SERVICE_NAME: fn.service, STAGE: 'prod', NODE_OPTIONS: '--enable-source-maps' },
      },
    })
  })

  it.each(functions)('%s has a role and a log group of its own', (_, fn) => {
    for (const own of [(f: typeof fn) => f.properties.Role, (f: typeof fn) => f.properties.LoggingConfig.LogGroup]) {
      const mine = prod.at(fn.service, own(fn))
      const users = functions.filter(([, other]) => prod.at(other.service, own(other)) === mine)
      expect(users.map(([name]) => name)).toEqual([fn.name])
    }
  })

  it.each(functions)('%s reserves no concurrency, of which a new account has 10 in all', (_, fn) => {
    expect(fn.properties.ReservedConcurrentExecutions).toBeUndefined()
  })

  it('that place orders know how long a hold of the stage lasts', () => {
    const [, fn] = functions.find(([name]) => name === 'orders HttpFunction')!
    expect(fn.properties.Environment.Variables.HOLD_SECONDS).toBe(String(stages.prod.holdSeconds))
  })

  it('that place orders know what customers may hold without paying, and whether they may choose approval by hand', () => {
    const [, fn] = functions.find(([name]) => name === 'orders HttpFunction')!
    expect(fn.properties.Environment.Variables).toMatchObject({
      OPEN_HOLDS: '20',
      UNITS_PER_SKU: '1000',
      CUSTOMERS_CHOOSE_MANUAL: 'true',
    })
  })
})

describe('rates', () => {
  it('are those of the stage, where they are counted', () => {
    const counting = functions.flatMap(([, { service, properties }]) => {
      const { RATES: text } = properties.Environment.Variables
      return text === undefined ? [] : [[`${service} ${kindOf(properties.Description)}`, JSON.parse(text)]]
    })
    const { users, payments } = stages.prod.rates
    expect(Object.fromEntries(counting)).toEqual({
      'users http': users,
      'payments http': payments,
      'payments events': payments,
      'payments sweep': payments,
    })
  })
})

describe('services that ask another one through the API, or mail links to it', () => {
  // The platform knows the address as well, and shows it on its first page.
  const asking = functions.filter(
    ([, { service, properties }]) => service !== 'platform' && properties.Environment.Variables.API_URL !== undefined,
  )
  it('are the catalogue, inventory, orders, payments, shipping and users, in their routes alone, and connections', () => {
    expect(asking.map(([name]) => name)).toEqual([
      'catalog HttpFunction',
      'inventory HttpFunction',
      'notifications LiveFunction',
      'orders HttpFunction',
      'payments HttpFunction',
      'shipping HttpFunction',
      'users HttpFunction',
    ])
  })
  it.each(asking)('%s has the address of the API of the platform', (_, fn) => {
    expect(prod.rendered(fn.service, fn.properties.Environment.Variables.API_URL)).toBe('platform GatewayApi')
  })
})

/** Some services keep what they learn, and publish nothing. */
const publishing = services.filter((service) => Object.keys(topology[service].events).length > 0)

describe('queue consumers', () => {
  const emptied = named(mappings.filter(({ properties }) => properties.ScalingConfig !== undefined))
  const files = emptied.filter(([name]) => name.endsWith(' ImportsDeliveries'))
  const gathered = emptied.filter(([name]) => name.endsWith(' FeedDeliveries'))
  const wakeUps = emptied.filter(([name]) => name === 'notifications WebhooksDeliveries')
  const photos = emptied.filter(([name]) => name === 'catalog PhotosDeliveries')
  const others = new Set([...files, ...gathered, ...wakeUps, ...photos])
  const all = emptied.filter((each) => !others.has(each))
  const spilled = all.filter(([name]) => name.endsWith(' RelaySpilled'))
  const consumers = all.filter((each) => !spilled.includes(each))

  it('are there for every service that consumes events', () => {
    const ofEvents = consumers.filter(([name]) => name.endsWith(' EventsDeliveries'))
    expect(ofEvents.map(([, { service }]) => service)).toEqual([
      'analytics',
      'audit',
      'catalog',
      'inventory',
      'notifications',
      'orders',
      'payments',
      'shipping',
    ])
  })

  it('are there for every relay', () => {
    expect(spilled.map(([, { service }]) => service)).toEqual(publishing.toSorted())
  })

  it.each(all)('%s takes 10 at a time, reports each failure, and is bounded', (_, consumer) => {
    expect(consumer.properties).toMatchObject({ BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'] })
    expect(consumer.properties.ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2)
    expect(consumer.properties.MaximumBatchingWindowInSeconds).toBeUndefined()
  })

  it('of the feed takes what comes within two seconds, up to 1,000, two at a time', () => {
    expect(gathered.map(([name, { properties }]) => [name, properties])).toEqual([
      [
        'notifications FeedDeliveries',
        expect.objectContaining({
          BatchSize: 1_000,
          MaximumBatchingWindowInSeconds: 2,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          ScalingConfig: { MaximumConcurrency: 2 },
        }),
      ],
    ])
  })

  it.each(wakeUps)('%s takes one webhook at a time, and has a place for each that there can be', (_, consumer) => {
    expect(consumer.properties).toMatchObject({ BatchSize: 1, FunctionResponseTypes: ['ReportBatchItemFailures'] })
    expect(consumer.properties.ScalingConfig.MaximumConcurrency).toBeGreaterThan(mostWebhooks)
  })

  it.each(files)(
    '%s takes one file at a time, and brings it back a minute after the time of its reader',
    (_, consumer) => {
      const queue = prod.at(consumer.service, consumer.properties.EventSourceArn)
      const fn = prod.at(consumer.service, consumer.properties.FunctionName)
      expect(consumer.properties).toMatchObject({ BatchSize: 1, FunctionResponseTypes: ['ReportBatchItemFailures'] })
      expect(queue.properties.VisibilityTimeout).toBe(fn.properties.Timeout + 60)
      expect(queue.properties.RedrivePolicy.maxReceiveCount).toBe(1_000)
      expect(queue.properties.MessageRetentionPeriod).toBe(14 * 86_400)
      expect(fn.properties.Environment.Variables.QUEUE_URL).toEqual({ Ref: queue.logicalId })
    },
  )

  it.each(photos)('%s checks one photo at a time, in a function with a whole CPU', (_, consumer) => {
    const queue = prod.at(consumer.service, consumer.properties.EventSourceArn)
    const fn = prod.at(consumer.service, consumer.properties.FunctionName)
    expect(consumer.properties).toMatchObject({ BatchSize: 1, FunctionResponseTypes: ['ReportBatchItemFailures'] })
    expect(fn.properties).toMatchObject({ MemorySize: 1_769, Timeout: 60 })
    expect(queue.properties.VisibilityTimeout).toBe(6 * fn.properties.Timeout)
    expect(queue.properties.RedrivePolicy.maxReceiveCount).toBe(1_000)
    expect(queue.properties.MessageRetentionPeriod).toBe(14 * 86_400)
    expect(fn.properties.Environment.Variables.QUEUE_URL).toEqual({ Ref: queue.logicalId })
  })

  it('of photos have a private bucket, which forgets after a day what no check has taken', () => {
    expect(photos).toHaveLength(1)
    const bucket = prod.of('AWS::S3::Bucket').find(({ logicalId }) => logicalId.startsWith('PhotosFiles'))
    expect(bucket?.properties.LifecycleConfiguration.Rules).toEqual([
      { Status: 'Enabled', Prefix: 'uploads/', ExpirationInDays: 1 },
    ])
    expect(bucket?.properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    })
  })

  it.each(spilled)('%s has a queue with six times its timeout, which the relay postpones', (_, consumer) => {
    const queue = prod.at(consumer.service, consumer.properties.EventSourceArn)
    const fn = prod.at(consumer.service, consumer.properties.FunctionName)
    expect(queue.properties.VisibilityTimeout).toBe(6 * fn.properties.Timeout)
    expect(fn.properties.Environment.Variables.SPILL_QUEUE_URL).toEqual({ Ref: queue.logicalId })
  })

  it.each(consumers)(
    '%s has a queue with six times its timeout and as many deliveries as SQS counts',
    (_, consumer) => {
      const queue = prod.at(consumer.service, consumer.properties.EventSourceArn)
      const fn = prod.at(consumer.service, consumer.properties.FunctionName)
      expect(queue.properties.VisibilityTimeout).toBe(6 * fn.properties.Timeout)
      expect(queue.properties.RedrivePolicy.maxReceiveCount).toBe(1_000)
      expect(queue.properties.MessageRetentionPeriod).toBe(14 * 86_400)
      expect(fn.properties.Environment.Variables.QUEUE_URL).toEqual({ Ref: queue.logicalId })
    },
  )
})

describe('streams', () => {
  const streams = named(mappings.filter(({ properties }) => properties.StartingPosition !== undefined))
  const folds = streams.filter(([name]) => name.endsWith(' FoldStream'))
  const relays = streams.filter((each) => !folds.includes(each))

  it('are read for every table whose items carry events', () => {
    expect(relays.map(([, { service }]) => service)).toEqual(publishing.toSorted())
  })

  it('are read for the reports by orders alone, shard by shard, in gathered batches', () => {
    expect(folds.map(([, { properties }]) => properties)).toMatchObject([
      { BatchSize: 1_000, MaximumBatchingWindowInSeconds: 5, TumblingWindowInSeconds: 900 },
    ])
    const [filter] = folds[0]![1].properties.FilterCriteria.Filters
    expect(JSON.parse(filter.Pattern)).toEqual({ dynamodb: { Keys: { sk: { S: ['order'] } } } })
  })

  it.each(streams)(
    '%s isolates a bad record, gives it up after 20 hours, and loses none at a deployment',
    (_, relay) => {
      expect(relay.properties).toMatchObject({
        StartingPosition: 'TRIM_HORIZON',
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MaximumRecordAgeInSeconds: 20 * 3_600,
        MaximumRetryAttempts: -1,
      })
    },
  )

  it.each(relays)('%s is only woken by items that carry events', (_, relay) => {
    const patterns = relay.properties.FilterCriteria.Filters.map((filter: { Pattern: string }) =>
      JSON.parse(filter.Pattern),
    )
    expect(patterns).toEqual([{ dynamodb: { NewImage: { outbox: { S: [{ exists: true }] } } } }])
  })
})

describe('tables', () => {
  it.each(named(prod.of('AWS::DynamoDB::Table').filter(({ service }) => service !== 'platform')))(
    '%s is on demand, streams new images, and holds only keys in indexes',
    (_, table) => {
      const { indexes: given } = settings[table.service as (typeof services)[number]]
      const indexes = typeof given === 'function' ? given(stages.prod) : given
      expect(table.properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      })
      expect(table.properties.GlobalSecondaryIndexes ?? []).toEqual(
        Object.keys(indexes).map((index) => ({
          IndexName: index,
          KeySchema: [
            { AttributeName: `${index}Pk`, KeyType: 'HASH' },
            { AttributeName: `${index}Sk`, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        })),
      )
    },
  )
})

describe('the API', () => {
  it('logs every call, and is throttled', () => {
    const [stage] = prod.of('AWS::ApiGatewayV2::Stage')
    expect(stage!.properties.DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: stages.prod.throttle.requestsPerSecond,
      ThrottlingBurstLimit: stages.prod.throttle.burst,
    })
    const { Format, DestinationArn } = stage!.properties.AccessLogSettings
    expect(JSON.parse(Format)).toMatchObject({ requestId: '$context.requestId', status: '$context.status' })
    expect(prod.rendered('platform', DestinationArn)).toMatch(/log-group:platform GatewayAccessLogs$/)
    // The path of a guest's order is the secret that opens it; a header may be a token or a key.
    expect(Format).not.toMatch(/\$context\.path"|\$context\.authorizer|header/i)
  })

  it.each([
    ['dev', dev],
    ['prod', prod],
  ])('of WebSockets has an access log in %s only where the role of the account is set that writes it', (_, stage) => {
    const sockets = stage
      .of('AWS::ApiGatewayV2::Stage')
      .filter(({ service, properties }) => stage.at(service, properties.ApiId).properties.ProtocolType === 'WEBSOCKET')
    expect(sockets).not.toEqual([])
    const isRoleSet = stage.of('AWS::ApiGateway::Account').length > 0
    const logged = sockets.filter(({ properties }) => properties.AccessLogSettings !== undefined && !isRoleSet)
    expect(logged.map(({ name }) => name)).toEqual([])
  })

  it('limits no route by itself: one caller would close it for all, and its stack is another', () => {
    expect(prod.of('AWS::ApiGatewayV2::Stage')[0]!.properties.RouteSettings).toBeUndefined()
  })

  it('trusts the access tokens of the user pool alone', () => {
    const [authorizer] = prod.of('AWS::ApiGatewayV2::Authorizer')
    const { Issuer, Audience } = authorizer!.properties.JwtConfiguration
    expect(authorizer!.properties.AuthorizerType).toBe('JWT')
    expect(prod.rendered('platform', Issuer)).toBe('platform UsersPool')
    expect(Audience.map((each: string) => prod.rendered('platform', each))).toEqual([
      'platform UsersPoolClient',
      'platform UsersPoolServerClient',
    ])
  })
})

describe('users', () => {
  it('sign in by email and are registered by the users service alone', () => {
    const [pool] = prod.of('AWS::Cognito::UserPool')
    expect(pool!.properties).toMatchObject({
      UsernameAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: false },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'admin_only', Priority: 1 }] },
    })
    expect(pool!.properties.AutoVerifiedAttributes).toEqual([])
    expect(pool!.properties.Policies.PasswordPolicy).toEqual({
      MinimumLength: 8,
      RequireLowercase: true,
      RequireUppercase: true,
      RequireNumbers: true,
      RequireSymbols: true,
    })
  })

  it('get tokens for fifteen minutes, from a client that hides which accounts exist', () => {
    const clients = prod.of('AWS::Cognito::UserPoolClient')
    const client = clients.find(({ properties }) => properties.GenerateSecret)
    expect(client!.properties).toMatchObject({
      WriteAttributes: ['locale'],
      PreventUserExistenceErrors: 'ENABLED',
      AccessTokenValidity: 15,
      IdTokenValidity: 15,
      TokenValidityUnits: { AccessToken: 'minutes' },
    })
    expect(client!.properties.ExplicitAuthFlows.toSorted()).toEqual([
      'ALLOW_ADMIN_USER_PASSWORD_AUTH',
      'ALLOW_REFRESH_TOKEN_AUTH',
    ])
  })

  it('have a group for each role', () => {
    const groups = prod.of('AWS::Cognito::UserPoolGroup').map(({ properties }) => properties.GroupName)
    expect(new Set(groups)).toEqual(new Set(Role.options))
  })
})

describe('names', () => {
  // EventBridge takes no bus without one, the rest are no names of their own outside of what they stand in.
  const allowed = new Set([
    'AWS::Events::EventBus Name',
    'AWS::ApiGatewayV2::Api Name',
    'AWS::ApiGatewayV2::Authorizer Name',
    'AWS::ApiGatewayV2::Stage StageName',
    'AWS::Logs::QueryDefinition Name',
  ])

  it.each(
    named(
      prod.all.filter(
        ({ type }) =>
          !/^AWS::(EventSchemas::Schema|IAM::Policy|Cognito::UserPoolGroup|Lambda::(Permission|EventSourceMapping))$/.test(
            type,
          ),
      ),
    ),
  )('%s is named by CloudFormation', (_, { type, properties }) => {
    const own = type.split('::').at(-1)
    const fixed = ['Name', `${own}Name`].filter((name) => name in properties && !allowed.has(`${type} ${name}`))
    expect(fixed).toEqual([])
  })
})

describe('stages', () => {
  it.each(['local', 'dev', 'prod'] as const)('have one named %s', (name) => {
    expect(stageOf(name).name).toBe(name)
  })

  it('are no others', () => {
    expect(() => stageOf('test')).toThrow('There is no stage test; there are local, dev, prod.')
  })

  it('are deployed, but for the one of npm start', () => {
    const env = { ...process.env, HOLDFAST_STAGE: 'local', CDK_CLI_VERSION: '2.0.0' }
    const { status, stderr } = spawnSync(process.execPath, ['bin/holdfast.ts'], { env, encoding: 'utf8' })
    expect([status, stderr]).toEqual([1, expect.stringContaining('Stage local runs on a laptop alone')])
  })

  it('show logins on the laptop alone', () => {
    expect(Object.values(stages).flatMap(({ name, logins }) => (logins.length > 0 ? [name] : []))).toEqual(['local'])
  })

  it('have no API reference where the setting is off', () => {
    const without = deploymentOf({ ...stages.prod, apiReference: false })
    const keys = without.of('AWS::ApiGatewayV2::Route').map(({ properties }) => properties.RouteKey as string)
    expect(keys.filter((key) => key.includes('/docs'))).toEqual([])
  })

  it('let web pages of their origins call the API, and no others', () => {
    const corsOf = (stage: Stage) =>
      deploymentOf(stage).of('AWS::ApiGatewayV2::Api')[0]?.properties.CorsConfiguration as object | undefined
    expect([stages.dev, stages.prod].map(corsOf)).toEqual([undefined, undefined])
    const origins = ['https://console.example.com', 'https://shop.example.com']
    expect(corsOf({ ...stages.prod, origins })).toEqual({
      AllowOrigins: origins,
      AllowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      AllowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'If-None-Match', 'Prefer'],
      ExposeHeaders: expect.arrayContaining(['ETag', 'Location', 'Retry-After', 'Apigw-Requestid']) as string[],
      MaxAge: 3_600,
    })
  })

  it('leave nothing behind off production', () => {
    const kept = dev.all.filter(({ deletionPolicy }) => deletionPolicy === 'Retain' || deletionPolicy === 'Snapshot')
    expect(kept.map(({ name }) => name)).toEqual([])
  })

  it.each(
    named([...dev.of('AWS::Logs::LogGroup'), ...dev.of('AWS::DynamoDB::Table'), ...dev.of('AWS::Cognito::UserPool')]),
  )('off production, %s is destroyed with its stack', (_, { deletionPolicy, properties }) => {
    expect(deletionPolicy).toBe('Delete')
    expect(properties.DeletionProtectionEnabled ?? false).toBe(false)
    expect(properties.DeletionProtection ?? 'INACTIVE').toBe('INACTIVE')
  })

  it.each(named([...prod.of('AWS::DynamoDB::Table'), ...prod.of('AWS::Cognito::UserPool')]))(
    'in production, %s is kept',
    (_, { deletionPolicy, type, properties }) => {
      expect(deletionPolicy).toBe('Retain')
      if (type === 'AWS::Cognito::UserPool') expect(properties.DeletionProtection).toBe('ACTIVE')
      else {
        expect(properties.DeletionProtectionEnabled).toBe(true)
        expect(properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(true)
      }
    },
  )

  it.each(named(prod.of('AWS::Logs::LogGroup')))('%s ends', (_, { properties }) => {
    expect(properties.RetentionInDays).toBe(90)
  })

  it('archive what the bus carried, but private events', () => {
    const [archive] = prod.of('AWS::Events::Archive')
    expect(prod.rendered('platform', archive!.properties.SourceArn)).toBe('platform Bus')
    expect(archive!.properties).toMatchObject({ RetentionDays: 90 })
    expect(archive!.properties.EventPattern).toEqual({
      'detail-type': [
        {
          'anything-but': [
            'action.catalog_recorded.v1',
            'stock.awaited.v1',
            'stock.expected.v1',
            'action.inventory_recorded.v1',
            'payment.card_token.v1',
            'order.address.v1',
            'action.orders_recorded.v1',
            'action.payments_recorded.v1',
            'shipment.address.v1',
            'shipment.order_cancelled.v1',
            'action.shipping_recorded.v1',
            'user.contact.v1',
            'action.users_recorded.v1',
            'action.notifications_recorded.v1',
          ],
        },
      ],
    })
  })

  describe('leave out for emulators', () => {
    const emulated = deploymentOf(forEmulator(stages.prod))

    it.each([
      'Events::Archive',
      'CloudWatch::Alarm',
      'CloudWatch::Dashboard',
      'EventSchemas::Registry',
      'EventSchemas::Schema',
    ])('%s', (type) => {
      expect(emulated.of(`AWS::${type}`)).toEqual([])
    })

    it('the issuer of tokens, and name it after the pool', () => {
      const { Issuer } = emulated.of('AWS::ApiGatewayV2::Authorizer')[0]!.properties.JwtConfiguration
      const pool = emulated.of('AWS::Cognito::UserPool')[0]!.logicalId
      expect(Issuer).toEqual({ 'Fn::Join': ['', ['https://', { 'Fn::GetAtt': [pool, 'ProviderName'] }]] })
    })
  })

  it('print their addresses', () => {
    expect(dev.outputs).toEqual([
      ...['ApiUrl', 'UserPoolId', 'UserPoolClientId', 'EventBusName'].map((output) => `platform ${output}`),
      'notifications LiveUrl',
    ])
  })
})
