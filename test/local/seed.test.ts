import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Fresh, makeCustomer, makeOperator, makeWarehouse } from '../../bin/seed/first-things.ts'
import { state } from './control.ts'
import { baseUrl, isLocal, signIn, unique } from './target.ts'

const somebody = () => ({ email: `${unique('seed')}@holdfast.test`, password: 'Somebody-1!' })

describe.runIf(isLocal)('what a fresh deployment needs', () => {
  let fresh: Fresh

  beforeAll(async () => {
    const { endpoint, region, outputs } = (await state()) as unknown as {
      endpoint: string
      region: string
      outputs: { 'Holdfast-local-platform': { UserPoolId: string } }
    }
    const cognito = new CognitoIdentityProviderClient({
      endpoint,
      region,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    })
    fresh = { baseUrl, cognito, userPoolId: outputs['Holdfast-local-platform'].UserPoolId }
  })

  it('is an operator and a warehouse, however often it is made', async () => {
    const account = somebody()
    const name = unique('warehouse')
    for (let time = 0; time < 2; time += 1) {
      await makeOperator(fresh, account)
      await makeWarehouse(fresh, account, name)
    }
    const { api } = await signIn(account)
    const { items } = await api.listWarehouses({ query: { limit: 100 } })
    expect(items.filter((warehouse) => warehouse.name === name)).toHaveLength(1)
  })

  it('makes no operator of an account with another password', async () => {
    const account = somebody()
    await makeCustomer(fresh, account)
    await expect(makeOperator(fresh, { ...account, password: 'Different-1!' })).rejects.toMatchObject({
      code: 'wrong_credentials',
    })
    expect((await (await signIn(account)).api.getMe()).roles).toEqual(['customer'])
  })
})
