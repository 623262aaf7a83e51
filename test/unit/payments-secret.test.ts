import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import { believedMs, secretOf } from '../../functions/payments/adapters/provider-secret.ts'

const manager = mockClient(SecretsManagerClient)
let now: number
let secret: ReturnType<typeof secretOf>
beforeEach(() => {
  manager.reset()
  now = 1_790_000_000_000
  secret = secretOf(new SecretsManagerClient({}), 'arn:secret', { now: () => now, sleep: async () => {} })
})
const holds = (value: unknown) => manager.on(GetSecretValueCommand).resolves({ SecretString: JSON.stringify(value) })
const calls = () => manager.commandCalls(GetSecretValueCommand).length

describe('the secret of the card provider', () => {
  it('has one webhook secret, or two while they are being rotated', async () => {
    holds({ apiKey: 'key', webhookSecret: 'new' })
    expect(await secret()).toEqual({ apiKey: 'key', webhookSecrets: ['new'] })
    now += believedMs
    holds({ apiKey: 'key', webhookSecret: 'new', previousWebhookSecret: 'old' })
    expect(await secret()).toEqual({ apiKey: 'key', webhookSecrets: ['new', 'old'] })
    expect(manager.commandCalls(GetSecretValueCommand)[0]?.args[0].input).toEqual({ SecretId: 'arn:secret' })
  })
  it('is read once in three minutes', async () => {
    holds({ apiKey: 'old', webhookSecret: 'w' })
    await secret()
    holds({ apiKey: 'new', webhookSecret: 'w' })
    now += believedMs - 1
    expect((await secret()).apiKey).toBe('old')
    expect(calls()).toBe(1)
    now += 1
    expect((await secret()).apiKey).toBe('new')
  })
  it('stands while it cannot be read again, and is asked for until it can', async () => {
    holds({ apiKey: 'old', webhookSecret: 'w' })
    await secret()
    manager.on(GetSecretValueCommand).rejects(new Error('unavailable'))
    now += believedMs
    expect((await secret()).apiKey).toBe('old')
    holds({ apiKey: 'new', webhookSecret: 'w' })
    expect((await secret()).apiKey).toBe('new')
  })
  it('that was never read is an error', async () => {
    manager.on(GetSecretValueCommand).rejects(new Error('unavailable'))
    await expect(secret()).rejects.toThrow('unavailable')
  })
  it.each([['no json, but s3cret'], ['{"apiKey":"s3cret"}'], ['{"apiKey":"s3cret","webhookSecret":""}'], ['']])(
    'that is none is refused, and not shown: %s',
    async (text) => {
      manager.on(GetSecretValueCommand).resolves({ SecretString: text })
      const error = await secret().catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(Error)
      expect(String(error)).not.toContain('s3cret')
    },
  )
})
