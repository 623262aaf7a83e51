import {
  AdminAddUserToGroupCommand,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider'
import { ApiProblem, api } from '../../schemas/client.ts'
import type { Role } from '../../schemas/access.ts'

export interface Account {
  readonly email: string
  readonly password: string
}

/** A deployment as its outputs name it. */
export interface Fresh {
  readonly baseUrl: string
  readonly cognito: CognitoIdentityProviderClient
  readonly userPoolId: string
}

/** Registers somebody, unless the account is there. Throws `wrong_credentials` where it is there with another password. */
export async function makeCustomer({ baseUrl }: Fresh, body: Account): Promise<void> {
  const open = api({ baseUrl })
  await open.register({ body }).catch(async (error: unknown) => {
    if (!isProblem(error, 'email_taken')) throw error
    await open.signIn({ body })
  })
}

/** Registers somebody as an operator: the one role that the API itself gives to nobody. Again is harmless. */
export async function makeOperator(fresh: Fresh, account: Account): Promise<void> {
  await makeCustomer(fresh, account)
  const GroupName: Role = 'operator'
  await fresh.cognito.send(
    new AdminAddUserToGroupCommand({ UserPoolId: fresh.userPoolId, Username: account.email, GroupName }),
  )
}

/** Creates a warehouse in the name of an operator, unless it is there. */
export async function makeWarehouse({ baseUrl }: Fresh, operator: Account, name: string): Promise<void> {
  const { accessToken: token } = await api({ baseUrl }).signIn({ body: operator })
  await api({ baseUrl, token })
    .createWarehouse({ body: { name } })
    .catch((error: unknown) => {
      if (!isProblem(error, 'warehouse_exists')) throw error
    })
}

const isProblem = (error: unknown, code: string): boolean => error instanceof ApiProblem && error.code === code
