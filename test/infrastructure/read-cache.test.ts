import { Validations } from 'aws-cdk-lib/core'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import { describe, expect, it } from 'vitest'
import { type Stage, forEmulator, stages } from '../../lib/stages.ts'
import { appOf, deploymentOf, dev, prod } from './templates.ts'

const caching: Stage = { ...stages.prod, cdn: true }
const cached = deploymentOf(caching)
const [distribution] = cached.of('AWS::CloudFront::Distribution')
const config = distribution?.properties.DistributionConfig
const reading = ['GET', 'HEAD', 'OPTIONS']

describe('a stage with a distribution before its API', () => {
  it('keeps open reads by their Cache-Control, for a minute at most', () => {
    const [policy] = cached.of('AWS::CloudFront::CachePolicy')
    expect(policy?.properties.CachePolicyConfig).toMatchObject({ MinTTL: 0, DefaultTTL: 0, MaxTTL: 60 })
    const kept = config.CacheBehaviors as readonly { readonly PathPattern: string }[]
    expect(kept.map(({ PathPattern }) => PathPattern).toSorted()).toEqual(
      [
        '/categories',
        '/categories/*',
        '/inventory',
        '/inventory/*',
        '/photos/*/*',
        '/products',
        '/products/*',
      ].toSorted(),
    )
    for (const behavior of kept)
      expect(behavior).toMatchObject({
        AllowedMethods: reading,
        ViewerProtocolPolicy: 'https-only',
        CachePolicyId: { Ref: policy?.logicalId },
      })
  })

  it('finds an answer by its query, its token and its origin', () => {
    const [policy] = cached.of('AWS::CloudFront::CachePolicy')
    expect(policy?.properties.CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin).toMatchObject({
      QueryStringsConfig: { QueryStringBehavior: 'all' },
      HeadersConfig: { HeaderBehavior: 'whitelist', Headers: ['Authorization', 'Origin'] },
      CookiesConfig: { CookieBehavior: 'none' },
    })
  })

  it('passes all other reads on, and nothing else: senders are counted by their addresses', () => {
    // The managed policies CachingDisabled and AllViewerExceptHostHeader.
    expect(config.DefaultCacheBehavior).toMatchObject({
      AllowedMethods: reading,
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
    })
    expect(config.Origins).toHaveLength(1)
    expect(config.Origins[0].CustomOriginConfig).toMatchObject({ OriginProtocolPolicy: 'https-only' })
    expect(JSON.stringify(config.Origins[0].DomainName)).toContain('ApiEndpoint')
  })

  it('keeps no error: what is made, or back, a moment later is there', () => {
    expect(config.CustomErrorResponses).toEqual(
      [400, 403, 404, 405, 414, 500, 501, 502, 503, 504].map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 0 })),
    )
  })

  it('has its address among the outputs, and passes the rules of cdk-nag', () => {
    expect(cached.outputs.some((name) => name.endsWith('CdnUrl'))).toBe(true)
    const app = appOf(caching, { builtinCloudFormationValidation: true })
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app))
    expect(() => app.synth()).not.toThrow()
  })
})

describe('photos', () => {
  const [photos] = prod.of('AWS::CloudFront::Distribution')

  it('have a distribution of their own in production, which alone may read what is published', () => {
    expect(photos?.service).toBe('catalog')
    expect(photos?.properties.DistributionConfig).toMatchObject({
      DefaultCacheBehavior: { ViewerProtocolPolicy: 'https-only', Compress: true },
      Origins: [{ OriginAccessControlId: expect.anything(), S3OriginConfig: { OriginAccessIdentity: '' } }],
    })
    const [control] = prod.of('AWS::CloudFront::OriginAccessControl')
    expect(control?.properties.OriginAccessControlConfig).toMatchObject({
      OriginAccessControlOriginType: 's3',
      SigningBehavior: 'always',
      SigningProtocol: 'sigv4',
    })
    const policy = prod.of('AWS::S3::BucketPolicy').find(({ logicalId }) => logicalId.startsWith('PhotosFiles'))
      ?.properties.PolicyDocument
    const allowed = policy.Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow')
    expect(allowed).toEqual([
      expect.objectContaining({
        Action: 's3:GetObject',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Condition: { StringEquals: { 'AWS:SourceArn': expect.anything() } },
      }),
    ])
  })

  it('share no name with those of the stage in another region: CloudFront has one of each in an account', () => {
    const named = cached.all
      .filter(({ type }) => /^AWS::CloudFront::(?:OriginAccessControl|\w+Policy|Function)$/.test(type))
      .map(({ service, type, properties }) => {
        const { Name = properties.Name } = properties[`${type.split('::').at(-1)}Config`] ?? {}
        return { name: cached.rendered(service, Name), most: type.endsWith('AccessControl') ? 64 : 128 }
      })
    expect(named).toHaveLength(4)
    for (const { name, most } of named) {
      expect(name).toMatch(/-<Region>$/)
      expect(name.replace('<Region>', 'ap-southeast-1').length).toBeLessThanOrEqual(most)
    }
  })

  it('are kept for a year', () => {
    const policies = prod.of('AWS::CloudFront::CachePolicy')
    expect(policies.map(({ properties }) => properties.CachePolicyConfig)).toEqual([
      expect.objectContaining({ DefaultTTL: 31_536_000, MaxTTL: 31_536_000 }),
    ])
  })

  it.each([
    ['prod', prod, 'PhotosCdnDistribution'],
    ['dev', dev, 'platform GatewayApi'],
  ] as const)('have the URLs of who serves them: of %s', (_, deployed, host) => {
    const http = deployed
      .of('AWS::Lambda::Function')
      .find(({ service, logicalId }) => service === 'catalog' && logicalId.startsWith('HttpFunction'))
    const url = http?.properties.Environment.Variables.PHOTOS_URL
    expect(`${deployed.rendered('catalog', url)} ${JSON.stringify(url)}`).toContain(host)
  })
})

describe('the other stages', () => {
  it('have none, and none has it on an emulator', () => {
    for (const each of [dev, prod, deploymentOf(forEmulator(caching))])
      expect(each.of('AWS::CloudFront::Distribution').filter(({ service }) => service === 'platform')).toEqual([])
  })

  it('keep open reads in the functions that have some, the laptop not at all', () => {
    const keeping = (deployed: typeof prod) =>
      deployed.of('AWS::Lambda::Function').flatMap(({ service, properties }) => {
        const { KEPT_READ_SECONDS: seconds } = properties.Environment?.Variables ?? {}
        return seconds === undefined ? [] : [`${service} ${seconds}`]
      })
    expect([prod, dev].map(keeping)).toEqual([
      ['catalog 2', 'inventory 2'],
      ['catalog 2', 'inventory 2'],
    ])
    expect(keeping(deploymentOf(stages.local))).toEqual([])
  })
})
