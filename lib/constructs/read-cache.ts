import {
  AllowedMethods,
  type BehaviorOptions,
  CacheHeaderBehavior,
  CachePolicy,
  CacheQueryStringBehavior,
  Distribution,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  PriceClass,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import { Duration, Fn, Validations } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import type { RouteContract } from '../../schemas/contract.ts'

export interface ReadCacheProps {
  /** Of the API, without a slash at its end. */
  readonly apiUrl: string
  readonly routes: readonly RouteContract[]
}

/** CloudFront keeps these for ten seconds, whatever their `Cache-Control`, if it is not asked to keep them for none: what is made a moment later is there. */
const errors = [400, 403, 404, 405, 414, 500, 501, 502, 503, 504]

/** No answer is kept for longer, whatever its route allows. */
const longest = Duration.minutes(1)

/**
 * A distribution before the API that keeps the answers of open reads by their `Cache-Control`, and passes all other reads on. It takes nothing but
 * reads: what the API counts by the address of its sender would be counted by that of the distribution.
 */
export class ReadCache extends Construct {
  readonly url: string

  constructor(scope: Construct, id: string, { apiUrl, routes }: ReadCacheProps) {
    super(scope, id)
    const origin = new HttpOrigin(Fn.select(2, Fn.split('/', apiUrl)), {
      protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
      originSslProtocols: [OriginSslPolicy.TLS_V1_2],
    })
    const passing: BehaviorOptions = {
      origin,
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      cachePolicy: CachePolicy.CACHING_DISABLED,
    }
    // What is not kept at all has `no-store`. The answer to one token, or to a page of one origin, is no other one's.
    const cachePolicy = new CachePolicy(this, 'ByTheirHeaders', {
      comment: 'Open reads of Holdfast, by their Cache-Control',
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.seconds(0),
      maxTtl: longest,
      queryStringBehavior: CacheQueryStringBehavior.all(),
      headerBehavior: CacheHeaderBehavior.allowList('Authorization', 'Origin'),
      enableAcceptEncodingGzip: true,
      enableAcceptEncodingBrotli: true,
    })
    const distribution = new Distribution(this, 'Distribution', {
      comment: 'Open reads of Holdfast',
      defaultBehavior: passing,
      additionalBehaviors: Object.fromEntries(pathsOf(routes).map((path) => [path, { ...passing, cachePolicy }])),
      errorResponses: errors.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
    })
    // By the scheme of the API: the laptop has no certificates.
    this.url = `${Fn.select(0, Fn.split('/', apiUrl))}//${distribution.distributionDomainName}`
    Validations.of(distribution).acknowledge(
      { id: 'AwsSolutions-CFR1', reason: 'Where a shop sells is a matter of its owner: open reads are for everybody.' },
      {
        id: 'AwsSolutions-CFR2',
        reason:
          'The API behind it refuses what is over its throttle; a firewall costs by the month and is chosen by its owner.',
      },
      {
        id: 'AwsSolutions-CFR3',
        reason: 'The API logs what reaches it; what the distribution answers itself is open to everybody.',
      },
      {
        id: 'AwsSolutions-CFR4',
        reason: 'The certificate of CloudFront itself is of no other kind; a domain of your own takes one of yours.',
      },
    )
  }
}

/** The paths of what everybody's cache may keep, as CloudFront writes them, each once. */
const pathsOf = (routes: readonly RouteContract[]): readonly string[] => [
  ...new Set(
    routes
      .filter(({ who, answer }) => who === 'open' && answer.maxAge !== undefined)
      .map(({ path }) => path.replaceAll(/\{\w+\}/g, '*')),
  ),
]
