import { randomBytes } from 'node:crypto'
import type { Assembly, Resource } from './assembly.ts'
import { UserPool } from '../cognito/user-pool.ts'
import { type PoolClient } from '../cognito/pool.ts'
import type { InvokeTrigger } from '../cognito/token-trigger.ts'
import { createIssuer } from '../cognito/tokens.ts'
import type { Iam } from '../iam/iam.ts'
import type { LocalFunction } from '../lambda/local-function.ts'
import { own } from '../../schemas/own.ts'

export interface UsersDeps {
  readonly iam: Iam
  readonly functions: ReadonlyMap<string, LocalFunction>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** The user pools of the templates, by id. Throws where one names a function that does not exist. */
export async function deployUsers(assembly: Assembly, deps: UsersDeps): Promise<ReadonlyMap<string, UserPool>> {
  const pools = await Promise.all(assembly.of('AWS::Cognito::UserPool').map((pool) => deployPool(assembly, pool, deps)))
  return new Map(pools.map((pool) => [pool.settings.id, pool]))
}

async function deployPool(
  assembly: Assembly,
  resource: Resource<'AWS::Cognito::UserPool'>,
  deps: UsersDeps,
): Promise<UserPool> {
  const { ref: id, arn, attributes, properties } = resource
  const policy = properties.Policies?.PasswordPolicy
  const groups = assembly
    .of('AWS::Cognito::UserPoolGroup')
    .filter(({ properties: { UserPoolId } }) => UserPoolId === id)
  const clients = assembly
    .of('AWS::Cognito::UserPoolClient')
    .filter(({ properties: { UserPoolId } }) => UserPoolId === id)
  return new UserPool(
    {
      id,
      arn,
      policy: {
        minimumLength: policy?.MinimumLength ?? 8,
        lowercase: policy?.RequireLowercase ?? false,
        uppercase: policy?.RequireUppercase ?? false,
        numbers: policy?.RequireNumbers ?? false,
        symbols: policy?.RequireSymbols ?? false,
        temporaryDays: policy?.TemporaryPasswordValidityDays ?? 7,
      },
      customAttributes: properties.Schema.map(({ Name }) => Name),
      recovers: !properties.AccountRecoverySetting?.RecoveryMechanisms.every(({ Name }) => Name === 'admin_only'),
      groups: groups.map(({ properties: { GroupName } }) => GroupName),
      clients: clients.map(clientOf),
    },
    await createIssuer(attributes['ProviderURL'] ?? '', deps.now),
    deps.now,
    triggerOf(resource, deps),
  )
}

function triggerOf(
  { stack, logicalId, arn: sourceArn, properties }: Resource<'AWS::Cognito::UserPool'>,
  { iam, functions }: UsersDeps,
): InvokeTrigger | undefined {
  const arn = properties.LambdaConfig?.PreTokenGenerationConfig?.LambdaArn
  if (arn === undefined) return undefined
  const fn = [...functions.values()].find(({ settings }) => settings.arn === arn)
  if (fn === undefined) throw new Error(`${stack}/${logicalId}: there is no function ${arn}.`)
  return async (event) => {
    iam.checkService({ service: 'cognito-idp.amazonaws.com', sourceArn }, 'lambda:InvokeFunction', arn)
    return fn.invoke(event)
  }
}

const unitSeconds: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 }

const seconds = (value: number, unit: string): number => value * (own(unitSeconds, unit) ?? 1)

function clientOf({ ref, properties }: Resource<'AWS::Cognito::UserPoolClient'>): PoolClient {
  const units = properties.TokenValidityUnits
  return {
    id: ref,
    flows: properties.ExplicitAuthFlows,
    secret: properties.GenerateSecret ? randomBytes(32).toString('base64url') : undefined,
    writes: properties.WriteAttributes,
    accessSeconds: seconds(properties.AccessTokenValidity ?? 1, units?.AccessToken ?? 'hours'),
    idSeconds: seconds(properties.IdTokenValidity ?? 1, units?.IdToken ?? 'hours'),
    refreshSeconds: seconds(properties.RefreshTokenValidity ?? 30, units?.RefreshToken ?? 'days'),
    hidesUsers: properties.PreventUserExistenceErrors === 'ENABLED',
  }
}
