import type { Assembly, Resource } from './assembly.ts'
import { type PoolClient, UserPool } from '../cognito/user-pool.ts'
import { createIssuer } from '../cognito/tokens.ts'
import { own } from '../../schemas/own.ts'

/** The user pools of the templates, by id. */
export async function deployUsers(assembly: Assembly, now: () => number): Promise<ReadonlyMap<string, UserPool>> {
  const pools = await Promise.all(assembly.of('AWS::Cognito::UserPool').map((pool) => deployPool(assembly, pool, now)))
  return new Map(pools.map((pool) => [pool.settings.id, pool]))
}

async function deployPool(
  assembly: Assembly,
  resource: Resource<'AWS::Cognito::UserPool'>,
  now: () => number,
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
      groups: groups.map(({ properties: { GroupName } }) => GroupName),
      clients: clients.map(clientOf),
    },
    await createIssuer(attributes['ProviderURL'] ?? '', now),
    now,
  )
}

const unitSeconds: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 }

const seconds = (value: number, unit: string): number => value * (own(unitSeconds, unit) ?? 1)

function clientOf({ ref, properties }: Resource<'AWS::Cognito::UserPoolClient'>): PoolClient {
  const units = properties.TokenValidityUnits
  return {
    id: ref,
    flows: properties.ExplicitAuthFlows,
    accessSeconds: seconds(properties.AccessTokenValidity ?? 1, units?.AccessToken ?? 'hours'),
    idSeconds: seconds(properties.IdTokenValidity ?? 1, units?.IdToken ?? 'hours'),
    refreshSeconds: seconds(properties.RefreshTokenValidity ?? 30, units?.RefreshToken ?? 'days'),
    hidesUsers: properties.PreventUserExistenceErrors === 'ENABLED',
  }
}
