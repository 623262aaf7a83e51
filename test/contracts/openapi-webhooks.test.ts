import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { payloadOf } from '../../bin/docs/webhooks.ts'
import { root } from '../../bin/docs/files.ts'
import { bodyOf } from '../../functions/notifications/core/webhooks/payload.ts'
import { eventPatterns } from '../../schemas/webhook.ts'
import { publicEvents } from '../../schemas/topology.ts'

const { webhooks } = JSON.parse(readFileSync(new URL('docs/openapi.json', root), 'utf8')) as {
  webhooks: Record<string, { post: { requestBody: { content: { 'application/json': { schema: { $ref: string } } } } } }>
}

describe('the webhooks of openapi.json', () => {
  it('are the events that a webhook can ask for, each by its name', () => {
    const names = eventPatterns.filter((pattern) => !pattern.endsWith('*'))
    expect(Object.keys(webhooks).toSorted()).toEqual(names.toSorted())
  })
  it.each(publicEvents.map((contract) => [contract.name, contract] as const))(
    '%s has the fields that are sent',
    (name, contract) => {
      const { shape } = payloadOf(contract)
      const isOfOrder = 'orderId' in shape
      const data = isOfOrder ? { orderId: 'ord_1' } : {}
      const event = { id: `ord_1/order@7/${name}`, time: '2026-11-29T10:00:00.000Z', data }
      const sent = JSON.parse(bodyOf(name, event)) as Record<string, unknown>
      expect(Object.keys(sent).toSorted()).toEqual(Object.keys(shape).toSorted())
      const { data: _, ...envelope } = sent
      expect(payloadOf(contract).omit({ data: true }).parse(envelope)).toEqual(envelope)
      expect(webhooks[name]?.post.requestBody.content['application/json'].schema.$ref).toMatch(/Webhook$/)
    },
  )
})
