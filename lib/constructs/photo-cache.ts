import {
  CachePolicy,
  Distribution,
  HeadersFrameOption,
  HttpVersion,
  PriceClass,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import type { IBucket } from 'aws-cdk-lib/aws-s3'
import { Duration, Names, Stack, Validations } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { photoMaxAge } from '../../schemas/photos.ts'

/** The longest name of an origin access control; a policy's may be longer. */
const maxNameLength = 64
const longestRegion = 'ap-southeast-1'.length

/**
 * A distribution that serves what a bucket has below `photos/`, which it alone may read. A file is kept for a year at the edge: its name is made
 * from its content.
 */
export class PhotoCache extends Construct {
  readonly url: string

  constructor(scope: Construct, id: string, bucket: IBucket) {
    super(scope, id)
    const year = Duration.seconds(photoMaxAge)
    // Names of CloudFront are those of the account: a stage in another region has the same stacks.
    const named = Names.uniqueResourceName(this, { maxLength: maxNameLength - longestRegion - 1 })
    const name = `${named}-${Stack.of(this).region}`
    const originAccessControl = new S3OriginAccessControl(this, 'Access', { originAccessControlName: name })
    const origin = S3BucketOrigin.withOriginAccessControl(bucket, { originAccessControl })
    const cachePolicy = new CachePolicy(this, 'ForAYear', {
      comment: 'Photos of Holdfast, whose names are made from their content',
      minTtl: Duration.seconds(0),
      defaultTtl: year,
      maxTtl: year,
    })
    const responseHeadersPolicy = new ResponseHeadersPolicy(this, 'Headers', {
      responseHeadersPolicyName: name,
      comment: 'What a photo is served with: it is an image and nothing else',
      securityHeadersBehavior: {
        contentTypeOptions: { override: true },
        contentSecurityPolicy: { contentSecurityPolicy: "default-src 'none'; sandbox", override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
      },
      customHeadersBehavior: {
        customHeaders: [{ header: 'cross-origin-resource-policy', value: 'cross-origin', override: true }],
      },
    })
    const distribution = new Distribution(this, 'Distribution', {
      comment: 'Photos of Holdfast',
      defaultBehavior: {
        origin,
        cachePolicy,
        responseHeadersPolicy,
        viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      },
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
    })
    this.url = `https://${distribution.distributionDomainName}`
    Validations.of(distribution).acknowledge(
      { id: 'AwsSolutions-CFR1', reason: 'Where a shop sells is a matter of its owner: photos are for everybody.' },
      { id: 'AwsSolutions-CFR2', reason: 'It answers nothing but files; a firewall is chosen by its owner.' },
      { id: 'AwsSolutions-CFR3', reason: 'What it answers is open to everybody.' },
      {
        id: 'AwsSolutions-CFR4',
        reason: 'The certificate of CloudFront itself is of no other kind; a domain of your own takes one of yours.',
      },
    )
  }
}
