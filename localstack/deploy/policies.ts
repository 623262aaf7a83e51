import { Iam, type Policies } from '../iam/iam.ts'
import { type Statement, readPolicy } from '../iam/policy.ts'
import type { Assembly } from './assembly.ts'

/** Policies of AWS that grant only what every function may do here anyway: its log and its traces. */
const withoutEffect: ReadonlySet<string> = new Set([
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
  'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess',
])

/** IAM by the roles, policies and resource policies of the templates. Throws for a policy that it does not understand. */
export function deployIam(assembly: Assembly): Iam {
  return new Iam(assembly.place.account, { ...rolePolicies(assembly), resources: resourcePolicies(assembly) })
}

function rolePolicies(assembly: Assembly): Pick<Policies, 'identities' | 'trusts'> {
  const roles = assembly.of('AWS::IAM::Role')
  const byName = new Map(
    roles.map(({ name, arn, properties }) => [
      name,
      [
        ...properties.Policies.flatMap((policy) => readPolicy(policy.PolicyDocument, arn)),
        ...properties.ManagedPolicyArns.flatMap((policyArn) => managedPolicy(assembly, policyArn)),
      ],
    ]),
  )
  for (const type of ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'] as const) {
    for (const { properties, name } of assembly.of(type)) {
      const statements = readPolicy(properties.PolicyDocument, name)
      for (const role of properties.Roles) byName.get(role)?.push(...statements)
    }
  }
  return {
    identities: new Map(roles.map(({ name, arn }) => [arn, byName.get(name) ?? []])),
    trusts: new Map(roles.map(({ arn, properties }) => [arn, readPolicy(properties.AssumeRolePolicyDocument, arn)])),
  }
}

function managedPolicy(assembly: Assembly, policyArn: string): readonly Statement[] {
  const policy = assembly.of('AWS::IAM::ManagedPolicy').find(({ arn }) => arn === policyArn)
  if (policy) return readPolicy(policy.properties.PolicyDocument, policyArn)
  if (withoutEffect.has(policyArn)) return []
  throw new Error(`The managed policy ${policyArn} is not known here.`)
}

function resourcePolicies(assembly: Assembly): Policies['resources'] {
  const resources = new Map<string, Statement[]>()
  const attach = (resource: string, statements: readonly Statement[]): void => {
    resources.set(resource, [...(resources.get(resource) ?? []), ...statements])
  }
  const queues = new Map(assembly.of('AWS::SQS::Queue').map(({ ref, arn }) => [ref, arn]))
  for (const { properties, name } of assembly.of('AWS::SQS::QueuePolicy')) {
    for (const url of properties.Queues) attach(queues.get(url) ?? url, readPolicy(properties.PolicyDocument, name))
  }
  for (const { properties, name } of assembly.of('AWS::SNS::TopicPolicy')) {
    for (const topic of properties.Topics) attach(topic, readPolicy(properties.PolicyDocument, name))
  }
  const buckets = new Map(assembly.of('AWS::S3::Bucket').map(({ name, arn }) => [name, arn]))
  for (const { properties, name } of assembly.of('AWS::S3::BucketPolicy'))
    attach(buckets.get(properties.Bucket) ?? properties.Bucket, readPolicy(properties.PolicyDocument, name))
  const functions = new Map(assembly.of('AWS::Lambda::Function').map(({ name, arn }) => [name, arn]))
  for (const { properties } of assembly.of('AWS::Lambda::Permission')) {
    const arn = functions.get(properties.FunctionName) ?? properties.FunctionName
    const { SourceArn, SourceAccount } = properties
    attach(arn, [
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
  return resources
}
