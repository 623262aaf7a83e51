import { originAt } from '../cloudfront/distribution.ts'
import { type Behavior, EdgeCache } from '../cloudfront/edge-cache.ts'
import { managed } from '../cloudfront/resource-types.ts'
import type { Assembly, Resource } from './assembly.ts'

type Config = Resource<'AWS::CloudFront::Distribution'>['properties']['DistributionConfig']

/** The distributions of the templates, by id. Throws for a cache policy that does not exist. */
export const deployDistributions = (assembly: Assembly, now: () => number): ReadonlyMap<string, EdgeCache> =>
  new Map(
    assembly.of('AWS::CloudFront::Distribution').map(({ name: id, properties: { DistributionConfig: config } }) => {
      const [origin] = config.Origins
      if (origin === undefined) throw new Error(`The distribution ${id} has no origin.`)
      const behaviors = [
        ...config.CacheBehaviors.map((each) => behaviorOf(assembly, each, matcherOf(each.PathPattern))),
        behaviorOf(assembly, config.DefaultCacheBehavior, () => true),
      ]
      const errors = config.CustomErrorResponses.map(
        ({ ErrorCode, ErrorCachingMinTTL }) => [ErrorCode, ErrorCachingMinTTL] as const,
      )
      const settings = { id, behaviors, errors: new Map(errors) }
      return [id, new EdgeCache(settings, { origin: originAt(origin.DomainName), now })]
    }),
  )

function behaviorOf(
  assembly: Assembly,
  { AllowedMethods, CachePolicyId }: Config['DefaultCacheBehavior'],
  matches: Behavior['matches'],
): Behavior {
  const methods = new Set(AllowedMethods)
  if (CachePolicyId === managed.cachingDisabled)
    return { matches, methods, lifetimes: { min: 0, default: 0, max: 0 }, keyHeaders: [] }
  const policy = assembly.of('AWS::CloudFront::CachePolicy').find(({ ref }) => ref === CachePolicyId)
  if (policy === undefined) throw new Error(`There is no cache policy ${CachePolicyId}.`)
  const { MinTTL, DefaultTTL, MaxTTL, ParametersInCacheKeyAndForwardedToOrigin } = policy.properties.CachePolicyConfig
  return {
    matches,
    methods,
    lifetimes: { min: MinTTL, default: DefaultTTL, max: MaxTTL },
    keyHeaders: ParametersInCacheKeyAndForwardedToOrigin.HeadersConfig.Headers.map((name) => name.toLowerCase()),
  }
}

/** Whether a path fits a pattern: `*` is any number of characters, `?` one. */
function matcherOf(pattern: string): Behavior['matches'] {
  const text = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const whole = new RegExp(`^${text}$`)
  return (pathname) => whole.test(pathname)
}
