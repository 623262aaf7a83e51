import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { placeOptions, placeUsage, stageAt } from './place.ts'
import { makeOperator } from './seed/first-things.ts'

const usage = `Makes an operator: the one role that the API itself gives to nobody. An account that is there becomes one. Again is harmless.

  npm run create-operator -- --email olga@example.com
    --email EMAIL    of the operator
${placeUsage}

HOLDFAST_PASSWORD is the password; without it one is made and shown, once.
`

const options = { ...placeOptions, email: { type: 'string' } } as const

async function main(): Promise<void> {
  const { values } = parseArgs({ options })
  if (values.help) return console.log(usage)
  const { email } = values
  if (email === undefined) throw new Error(`--email is missing.\n\n${usage}`)
  const found = await stageAt(values)
  const given = process.env['HOLDFAST_PASSWORD']
  const account = { email, password: given ?? newPassword() }
  const { ApiUrl: baseUrl = '', UserPoolId: userPoolId = '' } = {
    ...found.outputs,
    ...(values.url && { ApiUrl: values.url }),
  }
  const cognito = new CognitoIdentityProviderClient(found.settings)
  await makeOperator({ baseUrl, userPoolId, cognito }, account)
  console.log(`${email} is an operator of stage ${found.stage}, at ${baseUrl}.`)
  if (given === undefined) console.log(`The password is ${account.password}`)
}

/** 24 characters with one of each class that the user pool asks for. */
const newPassword = (): string => `${randomBytes(15).toString('base64url')}aA1-`

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
