import { AwsError } from '../endpoint/aws-error.ts'
import type { RequestContext } from '../endpoint/call.ts'
import { type Statement, allowed } from './policy.ts'

/** A caller that is not a role but a service of AWS. */
export interface ServiceCaller {
  /** Such as `events.amazonaws.com`. */
  readonly service: string
  readonly sourceArn: string
}

/** Statements by the ARN of the role or resource that they are attached to. */
export interface Policies {
  readonly identities: ReadonlyMap<string, readonly Statement[]>
  readonly trusts: ReadonlyMap<string, readonly Statement[]>
  readonly resources: ReadonlyMap<string, readonly Statement[]>
}

/** IAM: nothing that is not allowed, and a denial wins. */
export class Iam {
  private readonly account: string
  private readonly policies: Policies

  constructor(account: string, policies: Policies) {
    this.account = account
    this.policies = policies
  }

  /** Throws AwsError `AccessDeniedException` that names role, action and resource. */
  check(role: string, action: string, resource: string, context: RequestContext = {}): void {
    const statements = this.policies.identities.get(role)
    const asked = { action, resource, context: { ...always, ...context } }
    const all = (this.policies.resources.get(resource) ?? []).filter(({ Principal }) => Principal?.AWS?.includes('*'))
    if (statements !== undefined && allowed([...statements, ...all], asked)) return
    throw denied(role, action, resource, 'no identity-based policy allows the action')
  }

  /** Throws AwsError `AccessDeniedException` unless the resource's own policy lets the service in. */
  checkService({ service, sourceArn }: ServiceCaller, action: string, resource: string): void {
    const context = { ...always, 'aws:SourceArn': sourceArn, 'aws:SourceAccount': this.account }
    const statements = (this.policies.resources.get(resource) ?? []).filter(
      ({ Principal }) => Principal?.Service?.includes(service) || Principal?.AWS?.includes('*'),
    )
    if (allowed(statements, { action, resource, context })) return
    throw denied(service, action, resource, `no resource-based policy allows the action for ${sourceArn}`)
  }

  /** Throws AwsError `AccessDeniedException` unless the role trusts the service. */
  checkTrust(role: string, { service, sourceArn }: ServiceCaller): void {
    const context = { ...always, 'aws:SourceArn': sourceArn, 'aws:SourceAccount': this.account }
    const statements = (this.policies.trusts.get(role) ?? []).filter(({ Principal }) =>
      Principal?.Service?.includes(service),
    )
    if (allowed(statements, { action: 'sts:AssumeRole', resource: role, context })) return
    throw denied(service, 'sts:AssumeRole', role, 'the role does not trust it')
  }
}

/** On AWS every call comes over TLS. */
const always: RequestContext = { 'aws:SecureTransport': 'true' }

function denied(caller: string, action: string, resource: string, why: string): AwsError {
  return new AwsError(
    'AccessDeniedException',
    `${caller} is not authorized to perform: ${action} on resource: ${resource} because ${why}`,
  )
}
