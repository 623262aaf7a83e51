import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { parseArgs } from 'node:util'
import { localLogins } from '../lib/local-logins.ts'
import { makeCustomer, makeOperator, makeWarehouse } from './seed/first-things.ts'

const usage = `Makes what a fresh deployment needs before anybody can trade: its first operator and a warehouse. Again is harmless.

  npm run seed -- --url URL --user-pool ID
    --url URL          ApiUrl of the platform stack's outputs
    --user-pool ID     UserPoolId of the same outputs
    --warehouse NAME   default: main
    --endpoint URL     the AWS endpoint of an emulator, which gets the users of the local stack, its operator among them

On AWS, HOLDFAST_EMAIL and HOLDFAST_PASSWORD name the operator; credentials and region are those of the environment.
`

const options = {
  url: { type: 'string' },
  'user-pool': { type: 'string' },
  warehouse: { type: 'string', default: 'main' },
  endpoint: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

const { values } = parseArgs({ options })
const { url, 'user-pool': userPoolId, endpoint, warehouse } = values

if (values.help) console.log(usage)
else if (url === undefined || userPoolId === undefined) refuse(usage)
else await seed(url, userPoolId).catch((error: unknown) => refuse(error instanceof Error ? error.message : error))

async function seed(baseUrl: string, userPoolId: string): Promise<void> {
  const users = endpoint === undefined ? [operatorOf(process.env)] : localLogins
  const cognito = new CognitoIdentityProviderClient(endpoint === undefined ? {} : { endpoint })
  const fresh = { baseUrl: baseUrl.replace(/\/$/, ''), cognito, userPoolId }
  for (const { email, password, roles } of users) {
    const operator = roles.includes('operator')
    await (operator ? makeOperator : makeCustomer)(fresh, { email, password })
    if (operator) await makeWarehouse(fresh, { email, password }, warehouse)
    console.log(`${email} is ${operator ? `an operator; warehouse ${warehouse} is there` : 'a customer'}.`)
  }
}

function operatorOf({ HOLDFAST_EMAIL: email, HOLDFAST_PASSWORD: password }: NodeJS.ProcessEnv) {
  if (!email || !password) throw new Error('HOLDFAST_EMAIL and HOLDFAST_PASSWORD must name the operator.')
  return { email, password, roles: ['operator'] }
}

function refuse(reason: unknown): void {
  console.error(reason)
  process.exitCode = 1
}
