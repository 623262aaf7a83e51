import * as z from 'zod'
import { createDocument } from 'zod-openapi'
import { describe, expect, it } from 'vitest'
import { operation } from '../../bin/docs/openapi.ts'
import { dispatch } from '../../functions/runtime/http.ts'
import { route } from '../../schemas/contract.ts'
import { type Deprecation, leastMonths } from '../../schemas/deprecation.ts'
import { routes } from '../../schemas/client.ts'
import type { RouteContract } from '../../schemas/contract.ts'

/** A route of this test alone. */
const contractOf = (deprecated?: Deprecation) =>
  route({
    method: 'GET',
    path: '/old',
    who: 'open',
    summary: 'What was',
    ...(deprecated && { deprecated }),
    query: z.strictObject({ by: z.string().optional().meta({ deprecated: true }) }),
    answer: { status: 200, body: z.object({ is: z.string(), was: z.string().meta({ deprecated: true }) }) },
  })

const deprecated: Deprecation = { since: '2026-11-29', sunset: '2027-11-29', instead: 'Take `GET /new`.' }

async function headersOf(contract: RouteContract) {
  const serve = dispatch(
    { old: contract },
    { old: async () => ({ body: { is: 'b', was: 'a' } }) } as never,
    async () => undefined,
  )
  const event = {
    routeKey: 'GET /old',
    headers: {},
    requestContext: { requestId: 'r', http: { sourceIp: '', userAgent: '' } },
  }
  return (await serve(event as never)).headers
}

describe('a route that is deprecated', () => {
  it('answers with the day, and with that of its end', async () => {
    expect(await headersOf(contractOf(deprecated))).toMatchObject({
      deprecation: '@1795910400',
      sunset: 'Mon, 29 Nov 2027 00:00:00 GMT',
    })
    expect(new Date(1_795_910_400_000).toISOString()).toBe('2026-11-29T00:00:00.000Z')
  })
  it('names no end where none is fixed', async () => {
    const headers = await headersOf(contractOf({ since: '2026-11-29', instead: 'Wait.' }))
    expect(headers).toHaveProperty('deprecation')
    expect(headers).not.toHaveProperty('sunset')
  })
  it('is marked in the description, with what to take in its place; so are fields', () => {
    const described = operation('getProduct', contractOf(deprecated))
    expect(described).toMatchObject({
      deprecated: true,
      description: 'Deprecated since 2026-11-29, gone on 2027-11-29: Take `GET /new`.',
    })
    const document = createDocument({
      openapi: '3.1.1',
      info: { title: 't', version: '1' },
      paths: { '/old': { get: described } },
    })
    const { parameters, responses } = document.paths!['/old']!.get!
    expect(parameters?.[0]).toMatchObject({ name: 'by', schema: { deprecated: true } })
    expect(JSON.stringify(responses)).toContain('"was":{"type":"string","deprecated":true}')
    expect(Object.keys((responses!['200'] as { headers: object }).headers)).toEqual(
      expect.arrayContaining(['Deprecation', 'Sunset']),
    )
  })
})

describe('any other route', () => {
  it('has none of it', async () => {
    const headers = await headersOf(contractOf())
    expect(headers).not.toHaveProperty('deprecation')
    expect(headers).not.toHaveProperty('sunset')
    expect(operation('getProduct', contractOf())).not.toHaveProperty('deprecated')
  })
})

it('every deprecated route goes on for a year at least', () => {
  for (const [name, { deprecated: of }] of Object.entries<RouteContract>(routes)) {
    if (of?.sunset === undefined) continue
    const least = new Date(of.since)
    least.setUTCMonth(least.getUTCMonth() + leastMonths)
    expect(new Date(of.sunset) >= least, name).toBe(true)
  }
})
