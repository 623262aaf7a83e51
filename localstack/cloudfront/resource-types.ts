import * as z from 'zod'
import { idOf, inert, resourceType } from '../template/resource-type.ts'

/** The managed policies of CloudFront that the templates use, by their ids. */
export const managed = {
  cachingDisabled: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  allViewerExceptHost: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
} as const

/** Where the distributions of the local stack are, below the URL of the API. */
export const prefix = '/_cloudfront'

const behavior = {
  AllowedMethods: z.array(z.string()),
  CachePolicyId: z.string(),
  OriginRequestPolicyId: z.literal(managed.allViewerExceptHost),
  TargetOriginId: z.string(),
  /** The laptop has no certificate: its distributions are reached by http. */
  ViewerProtocolPolicy: z.literal('https-only'),
  Compress: inert,
}

export const cloudFrontTypes = {
  'AWS::CloudFront::Distribution': resourceType(
    z.strictObject({
      DistributionConfig: z.strictObject({
        CacheBehaviors: z.array(z.strictObject({ ...behavior, PathPattern: z.string() })).default([]),
        DefaultCacheBehavior: z.strictObject(behavior),
        CustomErrorResponses: z
          .array(z.strictObject({ ErrorCode: z.int(), ErrorCachingMinTTL: z.number().default(10) }))
          .default([]),
        Origins: z
          .array(
            z.strictObject({
              Id: z.string(),
              DomainName: z.string(),
              CustomOriginConfig: z.strictObject({
                OriginProtocolPolicy: z.literal('https-only'),
                OriginSSLProtocols: inert,
              }),
            }),
          )
          .length(1),
        Enabled: z.literal(true),
        Comment: inert,
        HttpVersion: inert,
        IPV6Enabled: inert,
        PriceClass: inert,
      }),
      Tags: inert,
    }),
    (naming) => {
      const id = idOf(naming, 14).toUpperCase()
      const { api, account } = naming.place
      const far = `${id.toLowerCase()}.cloudfront.net`
      const domain = api === undefined ? far : `${new URL(api).host}${prefix}/${id}`
      const arn = `arn:aws:cloudfront::${account}:distribution/${id}`
      return { name: id, arn, ref: id, attributes: { DomainName: domain, Id: id } }
    },
  ),
  'AWS::CloudFront::CachePolicy': resourceType(
    z.strictObject({
      CachePolicyConfig: z.strictObject({
        Name: z.string(),
        MinTTL: z.number(),
        DefaultTTL: z.number(),
        MaxTTL: z.number(),
        ParametersInCacheKeyAndForwardedToOrigin: z.strictObject({
          QueryStringsConfig: z.strictObject({ QueryStringBehavior: z.literal('all') }),
          HeadersConfig: z.strictObject({
            HeaderBehavior: z.literal('whitelist'),
            Headers: z.array(z.string()),
          }),
          CookiesConfig: z.strictObject({ CookieBehavior: z.literal('none') }),
          EnableAcceptEncodingBrotli: z.boolean(),
          EnableAcceptEncodingGzip: z.boolean(),
        }),
        Comment: inert,
      }),
    }),
    (naming) => {
      const id = idOf(naming, 32)
      return { name: id, arn: id, ref: id, attributes: { Id: id } }
    },
  ),
} as const
