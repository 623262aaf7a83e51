/** What an authorizer comes to: what every event of the connection has of it, or a refusal. */
export type Judged =
  | { readonly context: Readonly<Record<string, string>> | undefined }
  | { readonly status: number; readonly message: string }

/** An authorizer that failed, or answered what is no policy. */
export const broken = { status: 500, message: 'Internal server error' } as const

/** What the policy of an authorizer comes to. Context values are text to whoever reads them; lists and objects are refused. */
export function policyOf(payload: unknown, methodArn: string): Judged {
  const {
    principalId,
    policyDocument,
    context = {},
  } = (payload ?? {}) as {
    readonly principalId?: unknown
    readonly policyDocument?: { readonly Statement?: readonly Statement[] }
    readonly context?: Readonly<Record<string, unknown>>
  }
  const statements = policyDocument?.Statement
  const values = Object.values(context)
  if (typeof principalId !== 'string' || !Array.isArray(statements) || values.some(isNested)) return broken
  const concerned = (statements as readonly Statement[]).filter(
    ({ Action, Resource }) => Action === 'execute-api:Invoke' && isMatch(Resource, methodArn),
  )
  const isAllowed = concerned.length > 0 && concerned.every(({ Effect }) => Effect === 'Allow')
  if (!isAllowed) return { status: 403, message: 'User is not authorized to access this resource' }
  const text = Object.entries(context).map(([name, value]) => [name, String(value)])
  return { context: { ...(Object.fromEntries(text) as Record<string, string>), principalId } }
}

interface Statement {
  readonly Action: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Resource: string
}

const isNested = (value: unknown): boolean => value !== null && typeof value === 'object'

const isMatch = (pattern: string, arn: string): boolean =>
  new RegExp(`^${pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('\\*', '.*')}$`).test(arn)
