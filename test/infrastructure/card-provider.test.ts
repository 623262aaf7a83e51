import { describe, expect, it } from 'vitest'
import { stages } from '../../lib/stages.ts'
import { dev, named, prod } from './templates.ts'

describe.each([
  ['dev', dev, stages.dev],
  ['prod', prod, stages.prod],
])('what payments and their card provider know each other by, in stage %s', (_, deployment, stage) => {
  const secrets = deployment.of('AWS::SecretsManager::Secret').filter(({ service }) => service === 'payments')
  const functions = deployment.of('AWS::Lambda::Function')
  const readers = functions.filter(
    ({ properties }) => properties.Environment.Variables.PROVIDER_SECRET_ARN !== undefined,
  )

  it('is one secret, made by the template and written nowhere in it', () => {
    expect(secrets.map(({ name }) => name)).toEqual(['payments CardProviderSecret'])
    const [{ properties, deletionPolicy }] = secrets as [(typeof secrets)[number]]
    expect(properties.SecretString).toBeUndefined()
    expect(properties.GenerateSecretString).toMatchObject({
      SecretStringTemplate: '{"apiKey":"unset"}',
      GenerateStringKey: 'webhookSecret',
    })
    expect(deletionPolicy).toBe(stage.keepsData ? 'Retain' : 'Delete')
  })

  it('is read by those functions alone that need it', () => {
    const asking = [
      'payments HttpFunction',
      'payments EventsHandlerFunction',
      'payments SweepHandlerFunction',
      'operations ReconciliationHandlerFunction',
    ]
    expect(readers.map(({ name }) => name)).toEqual(
      stage.cardProvider === 'sandbox' ? ['payments HttpFunction'] : asking,
    )
    const asked = functions.filter(({ properties }) => properties.Environment.Variables.CARD_PROVIDER !== undefined)
    expect(asked.map(({ name }) => name)).toEqual(asking)
    for (const { properties } of asked) expect(properties.Environment.Variables.CARD_PROVIDER).toBe(stage.cardProvider)
  })

  it.each(named(readers))('is known to %s by its address only', (_name, { service, properties }) => {
    expect(deployment.at(service, properties.Environment.Variables.PROVIDER_SECRET_ARN)).toBe(secrets[0])
  })
})

it('raises an alarm when a payment is on hold, or the provider does not answer', () => {
  const alarms = prod.of('AWS::CloudWatch::Alarm').filter(({ name }) => name.startsWith('payments CardProvider'))
  expect(alarms.map(({ properties }) => [properties.MetricName, properties.Threshold])).toEqual([
    ['PaymentsOnHold', 1],
    [undefined, 5],
  ])
  for (const name of ['ProviderUnanswered', 'ProviderAsked'])
    expect(JSON.stringify(alarms[1]!.properties.Metrics)).toContain(`"${name}"`)
})
